"""Kubernetes workloads on EKS: nodes, Services, target groups and network policies."""

import pytest

from asbuilt.infrastructure import UNKNOWN

DATABASE = ("shop/Deployment/api", "aws_db_instance.main", "tcp/5432")
BALANCER = ("aws_lb.main", "shop/Deployment/api", "tcp/8000")
PODS = ("shop/Deployment/web", "shop/Deployment/api", "tcp/8000")


def _workload(net, name: str, port: int, **spec) -> None:
    container = {"name": name, "ports": [{"name": "http", "containerPort": port}]}
    container |= {"readinessProbe": {"httpGet": {"path": "/ready", "port": "http"}}}
    body = {"metadata": {"labels": {"app": name}}, "spec": {"containers": [container], **spec}}
    net.object(f"shop/Deployment/{name}", spec={"template": body})
    ports = [{"name": "http", "port": 80, "targetPort": "http"}]
    net.object(f"shop/Service/{name}", spec={"selector": {"app": name}, "ports": ports})


@pytest.fixture
def cluster(public):
    """A cluster whose nodes carry a group of their own, with two workloads and a database."""
    net = public
    net.group("node")
    net.group("database")
    net.rule(
        "sql", "node", "egress", "tcp/5432", referenced_security_group_id="<aws_security_group.database>"
    )
    net.rule(
        "sql", "database", "ingress", "tcp/5432", referenced_security_group_id="<aws_security_group.node>"
    )
    net.rule(
        "api", "balancer", "egress", "tcp/8000", referenced_security_group_id="<aws_security_group.node>"
    )
    net.rule(
        "api", "node", "ingress", "tcp/8000", referenced_security_group_id="<aws_security_group.balancer>"
    )
    net.add("aws_launch_template.node", name="node", vpc_security_group_ids=["<aws_security_group.node>"])
    vpc_config = {
        "subnet_ids": ["<aws_subnet.private>"],
        "security_group_ids": [],
        "cluster_security_group_id": "sg-cluster",
        "endpoint_private_access": True,
        "endpoint_public_access": True,
        "public_access_cidrs": ["203.0.113.0/24"],
    }
    net.add("aws_eks_cluster.main", name="main", vpc_config=[vpc_config])
    net.add(
        "aws_eks_node_group.main",
        cluster_name="main",
        subnet_ids=["<aws_subnet.private>"],
        launch_template=[{"id": "<aws_launch_template.node>"}],
    )
    net.add("aws_db_subnet_group.main", name="main", subnet_ids=["<aws_subnet.one>", "<aws_subnet.two>"])
    net.add(
        "aws_db_instance.main",
        engine="postgres",
        db_subnet_group_name="main",
        vpc_security_group_ids=["<aws_security_group.database>"],
    )
    _workload(net, "web", 3000)
    _workload(net, "api", 8000)
    net.change("aws_lb_target_group.main", target_type="ip")
    net.object(
        "shop/TargetGroupBinding/api",
        spec={"targetGroupName": "main", "serviceRef": {"name": "api", "port": "http"}},
    )
    return net


def test_a_workload_is_where_its_nodes_are(cluster) -> None:
    """Cited: the manifest, the node group, its launch template, both rules, the database's subnet group."""
    found = cluster.prove(*DATABASE)
    cited = [one.address for one in found.evidence]
    assert "proven" == found.verdict, found.reason
    assert {
        "shop/Deployment/api",
        "aws_eks_node_group.main",
        "aws_launch_template.node",
        "aws_db_subnet_group.main",
    } <= set(cited)


TAINT = {"key": "gpu", "value": "yes", "effect": "NO_SCHEDULE"}
NODES = {
    "a template without groups": (
        lambda net: net.change("aws_launch_template.node", vpc_security_group_ids=[]),
        "refuted",
        "no ingress for tcp/5432 from the cluster security group of aws_eks_cluster.main",
    ),
    "no template, and the database open to the cluster's group": (
        lambda net: (
            net.change("aws_eks_node_group.main", launch_template=[]),
            net.change("aws_vpc_security_group_ingress_rule.sql", referenced_security_group_id="sg-cluster"),
        ),
        "proven",
        "",
    ),
    "a template that names an interface": (
        lambda net: net.change(
            "aws_launch_template.node",
            vpc_security_group_ids=[],
            network_interfaces=[{"security_groups": ["<aws_security_group.node>"]}],
        ),
        "proven",
        "",
    ),
    "an older version of the template": (
        lambda net: (
            net.change("aws_launch_template.node", id="lt-1", latest_version=4),
            net.change("aws_eks_node_group.main", launch_template=[{"id": "lt-1", "version": "3"}]),
        ),
        "unknown",
        "version 3 of aws_launch_template.node may differ",
    ),
    "another node group without the group": (
        lambda net: net.add("aws_eks_node_group.more", cluster_name="main", subnet_ids=["<aws_subnet.one>"]),
        "refuted",
        "cluster security group",
    ),
    "no node group": (lambda net: net.drop("aws_eks_node_group.main"), "unknown", "has no node group here"),
    "nodes that the pods do not tolerate": (
        lambda net: net.change("aws_eks_node_group.main", taint=[TAINT]),
        "unknown",
        "no node group of aws_eks_cluster.main takes the pods of shop/Deployment/api",
    ),
    "nodes that the pods tolerate": (
        lambda net: (
            net.change("aws_eks_node_group.main", taint=[TAINT]),
            _workload(net, "api", 8000, tolerations=[{"key": "gpu", "operator": "Exists"}]),
        ),
        "proven",
        "",
    ),
    "a toleration of another value": (
        lambda net: (
            net.change("aws_eks_node_group.main", taint=[TAINT]),
            _workload(net, "api", 8000, tolerations=[{"key": "gpu", "value": "no", "effect": "NoSchedule"}]),
        ),
        "unknown",
        "takes the pods",
    ),
    "a taint that only advises": (
        lambda net: net.change("aws_eks_node_group.main", taint=[TAINT | {"effect": "PREFER_NO_SCHEDULE"}]),
        "proven",
        "",
    ),
    "another node group that the pods do not tolerate": (
        lambda net: net.add(
            "aws_eks_node_group.more", cluster_name="main", subnet_ids=["<aws_subnet.one>"], taint=[TAINT]
        ),
        "proven",
        "",
    ),
    "nodes by a label that they lack": (
        lambda net: _workload(net, "api", 8000, nodeSelector={"disk": "ssd"}),
        "unknown",
        "takes the pods",
    ),
    "nodes by a label that they have": (
        lambda net: (
            net.change("aws_eks_node_group.main", labels={"disk": "ssd"}),
            _workload(net, "api", 8000, nodeSelector={"disk": "ssd", "kubernetes.io/arch": "arm64"}),
        ),
        "proven",
        "",
    ),
    "nodes by the name of another group": (
        lambda net: (
            net.change("aws_eks_node_group.main", node_group_name="main"),
            _workload(net, "api", 8000, nodeSelector={"eks.amazonaws.com/nodegroup": "other"}),
        ),
        "unknown",
        "takes the pods",
    ),
    "pods that are switched off": (
        lambda net: _workload(net, "api", 8000, schedulingGates=[{"name": "x"}]),
        "unknown",
        "have schedulingGates",
    ),
    "two clusters": (
        lambda net: net.add("aws_eks_cluster.second", name="second", vpc_config=[{}]),
        "unknown",
        "nothing tells which of aws_eks_cluster.main, aws_eks_cluster.second",
    ),
    "Karpenter": (lambda net: net.object("cluster/NodePool/any", spec={}), "unknown", "Karpenter"),
    "security groups for pods": (
        lambda net: net.object("shop/SecurityGroupPolicy/api", spec={}),
        "unknown",
        "security groups of their own",
    ),
    "custom networking": (
        lambda net: net.add(
            "aws_eks_addon.cni", addon_name="vpc-cni", configuration_values='{"eniConfig":{"create":true}}'
        ),
        "unknown",
        "interfaces of their own",
    ),
    "a Fargate profile that takes them": (
        lambda net: net.add(
            "aws_eks_fargate_profile.shop",
            cluster_name="main",
            subnet_ids=["<aws_subnet.private>"],
            selector=[{"namespace": "sh*"}],
        ),
        "refuted",
        "cluster security group",
    ),
    "a Fargate profile for others": (
        lambda net: net.add(
            "aws_eks_fargate_profile.shop",
            cluster_name="main",
            subnet_ids=["<aws_subnet.private>"],
            selector=[{"namespace": "shop", "labels": {"app": "batch"}}],
        ),
        "proven",
        "",
    ),
    "an engine on another port": (
        lambda net: net.change("aws_db_instance.main", port=5433),
        "refuted",
        "aws_db_instance.main listens on tcp/5433, not on tcp/5432",
    ),
    "another engine": (lambda net: net.change("aws_db_instance.main", engine="mysql"), "refuted", "tcp/3306"),
}


@pytest.mark.parametrize("how", NODES)
def test_from_a_workload(cluster, how: str) -> None:
    """Which groups and subnets its pods have decides."""
    change, verdict, reason = NODES[how]
    change(cluster)
    found = cluster.prove(*DATABASE)
    assert verdict == found.verdict, found
    assert reason in found.reason


def _binding(net, **values) -> None:
    spec = {"targetGroupName": "main", "serviceRef": {"name": "api", "port": "http"}, **values}
    net.object("shop/TargetGroupBinding/api", spec=spec)


BOUND = {
    "by name": (lambda net: None, "proven", ""),
    "by ARN": (lambda net: _binding(net, targetGroupName=None, targetGroupARN="arn:group"), "proven", ""),
    "by the Service's port number": (
        lambda net: _binding(net, serviceRef={"name": "api", "port": 80}),
        "proven",
        "",
    ),
    "not bound": (
        lambda net: net.manifests.pop("shop/TargetGroupBinding/api"),
        "unknown",
        "nothing here registers",
    ),
    "bound to another group": (
        lambda net: _binding(net, targetGroupName="other"),
        "unknown",
        "nothing here registers",
    ),
    "bound to another Service": (
        lambda net: _binding(net, serviceRef={"name": "web", "port": "http"}),
        "unknown",
        "nothing here registers shop/Deployment/api",
    ),
    "bound by a port that the Service lacks": (
        lambda net: _binding(net, serviceRef={"name": "api", "port": "grpc"}),
        "unknown",
        "under which port",
    ),
    "pods on another port": (
        lambda net: _workload(net, "api", 8001),
        "refuted",
        "has its targets under tcp/8001, not tcp/8000",
    ),
    "a group made for another port": (
        lambda net: net.change("aws_lb_target_group.main", port=8001),
        "unknown",
        "is for port 8001",
    ),
    "targets by instance": (
        lambda net: net.change("aws_lb_target_group.main", target_type="instance"),
        "unknown",
        "under which port",
    ),
    "a Service that selects nothing": (
        lambda net: net.object("shop/Service/api", spec={"selector": {"app": "gone"}, "ports": []}),
        "unknown",
        "nothing here registers",
    ),
}


@pytest.mark.parametrize("how", BOUND)
def test_from_a_load_balancer_to_a_workload(cluster, how: str) -> None:
    """Only a TargetGroupBinding ties a target group to pods, under the pods' own port."""
    change, verdict, reason = BOUND[how]
    change(cluster)
    found = cluster.prove(*BALANCER)
    assert verdict == found.verdict, found
    assert reason in found.reason


def test_a_service_leads_to_its_pods_port(cluster) -> None:
    """An arrow to a Service is judged at the port of the pods behind it."""
    ends = ("shop/Deployment/web", "shop/Service/api")
    found = cluster.prove(*ends, "tcp/80")
    expected = "aws_security_group.node has no egress for tcp/8000 to aws_security_group.node"
    assert ("refuted", expected) == (found.verdict, found.reason)
    for direction in ("ingress", "egress"):
        peer = {"referenced_security_group_id": "<aws_security_group.node>"}
        cluster.rule(f"pods_{direction}", "node", direction, "tcp/8000", **peer)
    assert "absent" == cluster.prove(*ends, "tcp/80").verdict
    assert "refuted" == cluster.prove(*ends, "tcp/8000").verdict
    assert "unknown" == cluster.prove(ends[0], "shop/Service/gone", "tcp/80").verdict


def test_the_api_of_the_cluster(cluster) -> None:
    """Pods reach it inside the VPC with private access; outsiders by public access."""
    ends = ("shop/Deployment/api", "aws_eks_cluster.main", "tcp/443")
    cluster.rule("https", "node", "egress", "tcp/443", cidr_ipv4="0.0.0.0/0")
    assert "refuted" == cluster.prove(*ends).verdict
    cluster.add(
        "aws_security_group_rule.api",
        type="ingress",
        security_group_id="sg-cluster",
        source_security_group_id="<aws_security_group.node>",
        protocol="tcp",
        from_port=443,
        to_port=443,
    )
    assert "proven" == cluster.prove(*ends).verdict
    assert "refuted" == cluster.prove("external/internet", *ends[1:]).verdict
    (config,) = cluster.resources["aws_eks_cluster.main"].values["vpc_config"]
    cluster.change("aws_eks_cluster.main", vpc_config=[{**config, "public_access_cidrs": []}])
    assert "proven" == cluster.prove("external/internet", *ends[1:]).verdict
    cluster.change("aws_eks_cluster.main", vpc_config=[{**config, "endpoint_private_access": False}])
    assert "unknown" == cluster.prove(*ends).verdict  # NAT's address may be among those let in
    cluster.change("aws_eks_cluster.main", vpc_config=[{**config, "endpoint_private_access": UNKNOWN}])
    assert "unknown" == cluster.prove(*ends).verdict


@pytest.fixture
def policed(cluster):
    """Pods may talk to each other, and network policies are enforced."""
    for direction in ("ingress", "egress"):
        peer = {"referenced_security_group_id": "<aws_security_group.node>"}
        cluster.rule(f"pods_{direction}", "node", direction, "tcp/8000", **peer)
    cluster.add(
        "aws_eks_addon.cni", addon_name="vpc-cni", configuration_values='{"enableNetworkPolicy": "true"}'
    )
    return cluster


def _policy(net, name: str, app: str, **spec) -> None:
    net.object(f"shop/NetworkPolicy/{name}", spec={"podSelector": {"matchLabels": {"app": app}}, **spec})


def _let_out(net) -> None:
    _policy(net, "out", "web", policyTypes=["Egress"], egress=[{}])


WEB = {"podSelector": {"matchLabels": {"app": "web"}}}
POLICIES = {
    "none": (lambda net: None, PODS, "absent"),
    "none, to an address": (lambda net: None, DATABASE, "proven"),
    "only web's way out": (_let_out, PODS, "absent"),
    "nobody gets in": (lambda net: _policy(net, "api", "api"), PODS, "refuted"),
    "nobody gets out": (lambda net: _policy(net, "web", "web", policyTypes=["Egress"]), PODS, "refuted"),
    "nobody gets in, not enforced": (
        lambda net: (net.drop("aws_eks_addon.cni"), _policy(net, "api", "api")),
        PODS,
        "unknown",
    ),
    "web gets in": (
        lambda net: (_let_out(net), _policy(net, "api", "api", ingress=[{"from": [WEB]}])),
        PODS,
        "proven",
    ),
    "web gets in, and may do all": (
        lambda net: _policy(net, "api", "api", ingress=[{"from": [WEB]}]),
        PODS,
        "absent",
    ),
    "web gets in by the named port": (
        lambda net: (
            _let_out(net),
            _policy(net, "api", "api", ingress=[{"from": [WEB], "ports": [{"port": "http"}]}]),
        ),
        PODS,
        "proven",
    ),
    "web gets in to another port": (
        lambda net: _policy(net, "api", "api", ingress=[{"from": [WEB], "ports": [{"port": 9000}]}]),
        PODS,
        "refuted",
    ),
    "web gets in over UDP": (
        lambda net: _policy(
            net, "api", "api", ingress=[{"from": [WEB], "ports": [{"port": 8000, "protocol": "UDP"}]}]
        ),
        PODS,
        "refuted",
    ),
    "others get in": (
        lambda net: _policy(
            net, "api", "api", ingress=[{"from": [{"podSelector": {"matchLabels": {"app": "x"}}}]}]
        ),
        PODS,
        "refuted",
    ),
    "another namespace's web gets in": (
        lambda net: _policy(
            net,
            "api",
            "api",
            ingress=[
                {
                    "from": [
                        {
                            **WEB,
                            "namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": "other"}},
                        }
                    ]
                }
            ],
        ),
        PODS,
        "refuted",
    ),
    "a namespace by a label that is not known": (
        lambda net: _policy(
            net, "api", "api", ingress=[{"from": [{"namespaceSelector": {"matchLabels": {"team": "shop"}}}]}]
        ),
        PODS,
        "unknown",
    ),
    "another policy lets web in": (
        lambda net: (
            _let_out(net),
            _policy(net, "deny", "api"),
            net.object("shop/NetworkPolicy/all", spec={"podSelector": {}, "ingress": [{}]}),
        ),
        PODS,
        "proven",
    ),
    "a policy of another namespace": (
        lambda net: net.object("other/NetworkPolicy/deny", spec={"podSelector": {}}),
        PODS,
        "absent",
    ),
    "the balancer's subnets get in": (
        lambda net: _policy(
            net,
            "api",
            "api",
            ingress=[{"from": [{"ipBlock": {"cidr": "10.0.0.0/16", "except": ["10.0.3.0/24"]}}]}],
        ),
        BALANCER,
        "proven",
    ),
    "one of the balancer's subnets is left out": (
        lambda net: _policy(
            net,
            "api",
            "api",
            ingress=[{"from": [{"ipBlock": {"cidr": "10.0.0.0/16", "except": ["10.0.2.0/24"]}}]}],
        ),
        BALANCER,
        "unknown",
    ),
    "only pods get in": (
        lambda net: _policy(net, "api", "api", ingress=[{"from": [WEB]}]),
        BALANCER,
        "refuted",
    ),
    "out to the database's subnets": (
        lambda net: _policy(
            net,
            "api",
            "api",
            policyTypes=["Egress"],
            egress=[{"to": [{"ipBlock": {"cidr": "10.0.0.0/21"}}], "ports": [{"port": 5432}]}],
        ),
        DATABASE,
        "proven",
    ),
    "out to other addresses": (
        lambda net: _policy(
            net, "api", "api", policyTypes=["Egress"], egress=[{"to": [{"ipBlock": {"cidr": "10.1.0.0/16"}}]}]
        ),
        DATABASE,
        "refuted",
    ),
    "a kind of policy that is not read": (
        lambda net: net.object("shop/CiliumNetworkPolicy/api", spec={}),
        PODS,
        "unknown",
    ),
}


@pytest.mark.parametrize("how", POLICIES)
def test_network_policies(policed, how: str) -> None:
    """Pods that a policy selects may do only what some policy's rule names."""
    change, ends, verdict = POLICIES[how]
    change(policed)
    found = policed.prove(*ends)
    assert verdict == found.verdict, found


def test_the_rule_of_a_policy_is_cited(policed) -> None:
    """By the policy's name, the direction and the rule's place."""
    _policy(
        policed,
        "api",
        "api",
        ingress=[{"from": [{"podSelector": {"matchLabels": {"app": "x"}}}]}, {"from": [WEB]}],
    )
    cited = [one.address for one in policed.prove(*PODS).evidence]
    assert "shop/NetworkPolicy/api.ingress[1]" in cited


def test_pods_without_their_service_account_do_not_start(cluster) -> None:
    """A pod that names a service account is refused until there is one."""
    _workload(cluster, "api", 8000, serviceAccountName="api")
    found = cluster.prove(*DATABASE)
    assert ("unknown", True) == (found.verdict, "shop/ServiceAccount/api" in found.reason)
    cluster.object("shop/ServiceAccount/api")
    assert "proven" == cluster.prove(*DATABASE).verdict


OUT = {"to": [{"ipBlock": {"cidr": "10.0.0.0/21"}}], "ports": [{"port": 5432}]}
LINKS = {  # what is broken of the way from pods to the database, and what the refusal names
    "the rule of the policy": (
        lambda net: _policy(net, "api", "api", policyTypes=["Egress"], egress=[]),
        "shop/NetworkPolicy/api lets no egress of tcp/5432",
    ),
    "the way out of the node's group": (
        lambda net: net.drop("aws_vpc_security_group_egress_rule.sql"),
        "aws_security_group.node has no egress for tcp/5432",
    ),
    "the way into the database's group": (
        lambda net: net.drop("aws_vpc_security_group_ingress_rule.sql"),
        "aws_security_group.database has no ingress for tcp/5432",
    ),
    "the node's group": (
        lambda net: net.change("aws_launch_template.node", vpc_security_group_ids=[]),
        "aws_security_group.database has no ingress for tcp/5432",
    ),
    "the database's group": (
        lambda net: net.change(
            "aws_db_instance.main", vpc_security_group_ids=["<aws_security_group.balancer>"]
        ),
        "aws_security_group.node has no egress for tcp/5432",
    ),
}


def test_every_link_between_a_pod_and_a_database_is_cited(policed) -> None:
    """From the policy over the node's group to the database's: one chain over both worlds."""
    _policy(policed, "api", "api", policyTypes=["Egress"], egress=[OUT])
    found = policed.prove(*DATABASE)
    assert "proven" == found.verdict, found
    assert {
        "shop/Deployment/api",
        "shop/NetworkPolicy/api.egress[0]",
        "aws_eks_node_group.main",
        "aws_launch_template.node",
        "aws_vpc_security_group_egress_rule.sql",
        "aws_vpc_security_group_ingress_rule.sql",
        "aws_db_subnet_group.main",
        "aws_db_instance.main",
    } <= {one.address for one in found.evidence}


@pytest.mark.parametrize("what", LINKS)
def test_any_broken_link_refutes_the_chain(policed, what: str) -> None:
    """Each link alone stops the packets, and is named."""
    change, reason = LINKS[what]
    _policy(policed, "api", "api", policyTypes=["Egress"], egress=[OUT])
    change(policed)
    found = policed.prove(*DATABASE)
    assert ("refuted", True) == (found.verdict, reason in found.reason), found
