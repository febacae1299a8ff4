"""Names of what the files create."""

import pytest

from asbuilt.infrastructure import UNKNOWN, Infrastructure, Symbol, block_of


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("aws_vpc.main", "aws_vpc.main"),
        ("aws_subnet.a[0]", "aws_subnet.a"),
        ('aws_subnet.a["b"]', "aws_subnet.a"),
        ('aws_subnet.a["x.y[0]"]', "aws_subnet.a"),
        ('aws_subnet.a["]"]', "aws_subnet.a"),
        (r'aws_subnet.a["say \"hi\""]', "aws_subnet.a"),
        ('module.m["k"].aws_subnet.a["b"]', 'module.m["k"].aws_subnet.a'),
        ('module.m["k"].aws_subnet.a', 'module.m["k"].aws_subnet.a'),
    ],
)
def test_a_block_is_the_address_without_its_own_index(address, expected):
    """Only the last index goes, whatever stands in it; a module's stays."""
    assert expected == block_of(address)


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("data.aws_ami.main", True),
        ('data.aws_ami.main["a.b"]', True),
        ('module.m["data.x"].data.aws_ami.main', True),
        ("aws_vpc.data", False),
        ("module.data.aws_vpc.main", False),
        ("module.a.module.data.aws_vpc.main[0]", False),
    ],
)
def test_data_sources_are_told_from_resources(resource, address, expected):
    """A module or a resource that is named data is not a data source."""
    assert expected is resource(address).is_data


def test_a_block_stands_for_all_its_instances(resource, system):
    """An address without an index finds every instance, one with an index its own."""
    things = [resource(f'aws_subnet.a["{key}"]') for key in "xy"]
    found = system(*things, resource("aws_subnet.b"))
    assert found.find("aws_subnet.a") == tuple(things)
    assert found.find('aws_subnet.a["y"]') == (things[1],)
    assert found.find("aws_subnet.c") == ()


def test_a_kubernetes_name_finds_its_object(system, manifest):
    """A Kubernetes object is found by namespace, kind and name."""
    thing = manifest("shop/Deployment/api")
    assert system(thing).find("shop/Deployment/api") == (thing,)
    assert (thing.namespace, thing.kind) == ("shop", "Deployment")


def test_types_list_what_is_created_and_not_what_is_read(resource, system):
    """A data source is found by name, and is not among the resources of its type."""
    read, made = resource("data.aws_vpc.main"), resource("aws_vpc.main")
    found = system(read, made)
    assert list(found.of_type("aws_vpc", "aws_none")) == [made]
    assert found.find("data.aws_vpc.main") == (read,)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("aws_s3_bucket.uplaods", "aws_s3_bucket.uploads"),
        ("shop/Deployment/ap", "shop/Deployment/api"),
        ("google_compute_network.x", ""),
    ],
)
def test_the_nearest_name_is_one_that_looks_alike(resource, manifest, system, name, expected):
    """A misspelt name has a nearest one, a foreign one has none."""
    found = system(resource("aws_s3_bucket.uploads"), manifest("shop/Deployment/api"))
    assert expected == found.nearest(name)


def test_an_unknown_value_is_neither_true_nor_a_text():
    """`UNKNOWN` cannot pass for a value; a symbol is a text that names its attribute."""
    assert not UNKNOWN
    assert not isinstance(UNKNOWN, str)
    assert (repr(UNKNOWN), Symbol("${a.b.id}")) == ("UNKNOWN", "${a.b.id}")


def test_an_empty_infrastructure_finds_nothing():
    """Where nothing is created nothing is found."""
    assert (Infrastructure().find("a.b"), Infrastructure().nearest("a.b")) == ((), "")
