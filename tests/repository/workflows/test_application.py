"""The application workflow, run with a service whose tools only note how they were called."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).parents[3]
CALLER = """\
on: push
jobs:
  shop:
    uses: ./.github/workflows/application.yml
    with:
      system: shop
      name: web
      service: services/shop
      manifests: kubernetes/service
      staging-url: https://staging.shop.example
      production-url: https://shop.example
      load: load.js
      migration: migration
"""
DIGEST = "sha256:" + "a" * 64
REGISTRY = "111111111111.dkr.ecr.sa-east-1.amazonaws.com/shop-staging"
RUNNING = {
    "items": [
        {
            "kind": "Deployment",
            "metadata": {"name": "web", "annotations": {"deployment.kubernetes.io/revision": "41"}},
        },
        {"kind": "StatefulSet", "metadata": {"name": "queue"}, "status": {"currentRevision": "queue-b"}},
        {"kind": "ControllerRevision", "metadata": {"name": "queue-a"}, "revision": 6},
        {"kind": "ControllerRevision", "metadata": {"name": "queue-b"}, "revision": 7},
    ]
}
IMAGES = {
    "items": [
        {"spec": {"template": {"spec": {"containers": [{"image": f"{REGISTRY}/{one}"}]}}}}
        for one in ("web@sha256:old", "api@sha256:b", "web-admin@sha256:c")
    ]
    + [{"spec": {"template": {"spec": {"initContainers": [{"image": "docker.io/nginx@sha256:d"}]}}}}]
}
ANSWERS = {
    '"docker buildx build"*': "echo image > image.tar",
    '"skopeo inspect --format"*': f"echo {DIGEST}",
    '"skopeo inspect docker:"*': "exit 1",  # it is not there yet
    '"kubectl "*controllerrevision*': f"echo '{json.dumps(RUNNING)}'",
    '"kubectl "*cronjob*': f"echo '{json.dumps(IMAGES)}'",
    '"kubectl "*"--output name"': "echo deployment.apps/web statefulset.apps/queue",
}
STAGING, PRODUCTION = "deploy/Deploy to staging", "deploy/Deploy to production"
IN_ORDER = [
    "Lint and unit tests",
    "Build, list, scan",
    STAGING,
    "Load test of staging",
    PRODUCTION,
    "Version and release notes",
]


@pytest.fixture
def merge(repository, run: Callable) -> Callable:
    """Runs the workflow as after a merge, where programs answer so."""
    repository.write(".github/workflows/caller.yml", CALLER)
    repository.write("sbom.spdx.json", "{}")  # what the stub of the SBOM's action does not write

    def merged(answers: dict[str, str] | None = None):
        repository.commit("feat: sell")
        first = answers or {}
        repository.answer(first | ANSWERS | first)  # the first pattern that fits answers
        return run(
            "caller",
            "push",
            {"ref": "refs/heads/main"},
            STAGING_ACCOUNT="1" * 12,
            PRODUCTION_ACCOUNT="2" * 12,
        )

    return merged


def names(done) -> list[str]:
    """The jobs in the order in which they ended, and of a failed one that it failed."""
    called = [(name.removeprefix("application/"), result) for name, result in done.jobs.items()]
    return [name if result == "success" else f"{name}: {result}" for name, result in called]


def test_the_image_that_was_built_reaches_production(merge: Callable):
    """It is built once; each environment gets the same digest, signed, in a registry of its own account."""
    done = merge()
    assert IN_ORDER == names(done), done.log
    assert 1 == len(done.called("docker buildx build"))
    images = [
        f"{account * 12}.dkr.ecr.sa-east-1.amazonaws.com/shop-{environment}/web@{DIGEST}"
        for account, environment in (("1", "staging"), ("2", "production"))
    ]
    assert [f"cosign sign --yes {image}" for image in images] == done.called("cosign sign")
    assert images == [call.rpartition(" web=")[2] for call in done.called("kustomize edit set image")]
    assert [] == [call for call in done.called("kubectl") if "rollout undo" in call]
    assert ["web/v0.1.0"] == [call.split()[3] for call in done.called("gh release create")]


def test_the_database_is_migrated_before_the_new_pods_start(merge: Callable):
    """The job is made anew, applied alone, and waited for; only then is everything applied."""
    done = merge({'"k6 "*': "exit 99"})
    verbs = [
        call.removeprefix("kubectl --namespace shop ").split(" --")[0] for call in done.called("kubectl")
    ]
    expected = [
        "get deployment,statefulset,controllerrevision",
        "get deployment,statefulset,cronjob",
        "delete job migration",
        "kubectl apply",
        "wait",
        "kubectl apply",
        "get deployment,statefulset",
        "rollout status deployment.apps/web",
        "rollout status statefulset.apps/queue",
    ]
    assert expected == verbs, done.log


def test_a_release_takes_back_fields_that_a_roll_back_has_set(merge: Callable):
    """`rollout undo` owns the image that it has set: a server-side apply without force would be refused."""
    done = merge({'"k6 "*': "exit 99"})
    assert [True, True] == ["--force-conflicts" in call for call in done.called("kubectl apply")], done.log


def test_the_systems_other_services_keep_the_images_that_they_run(merge: Callable):
    """One overlay holds them all and names no digest: without one, no pod of theirs would start again."""
    done = merge({'"k6 "*': "exit 99"})
    (call,) = done.called("kustomize edit set image")
    kept = [
        f"{name}={REGISTRY}/{name}@sha256:{digest}" for name, digest in (("api", "b"), ("web-admin", "c"))
    ]
    assert [*kept, f"web={REGISTRY}/web@{DIGEST}"] == call.split()[4:], done.log


def test_a_label_that_nothing_carries_is_no_roll_out(merge: Callable):
    """Where nothing is waited for, nothing is ready."""
    done = merge({'"kubectl "*"--output name"': "true"})
    assert [*IN_ORDER[:2], f"{STAGING}: failure"] == names(done), done.log


def test_without_a_way_back_nothing_is_rolled_out(merge: Callable):
    """A cluster that does not say what runs now leaves nothing to go back to."""
    done = merge({'"kubectl "*controllerrevision*': "exit 1"})
    assert [*IN_ORDER[:2], f"{STAGING}: failure"] == names(done), done.log
    assert [] == [call for call in done.called("kubectl") if "apply" in call or "undo" in call]


def test_a_release_that_is_cancelled_goes_back_too():
    """act cannot cancel a run, so the condition is read: GitHub skips `failure()` there, not `!success()`."""
    text = (ROOT / ".github/workflows/deploy.yml").read_text(encoding="utf-8")
    back = yaml.safe_load(text)["jobs"]["deploy"]["steps"][-1]
    assert "Roll back to what ran before" == back["name"]
    assert "${{ !success() && steps.rollout.outcome != 'skipped' }}" == back["if"]


def test_a_failing_unit_test_stops_before_anything_is_built(merge: Callable, repository):
    """No image is built, and no account is asked for anything."""
    repository.write("services/shop/broken", "")
    done = merge()
    assert ["Lint and unit tests: failure"] == names(done), done.log
    assert [] == [call for program in ("docker", "aws", "cosign", "kubectl") for call in done.called(program)]


@pytest.mark.parametrize(
    "answers",
    [
        {'"curl "*staging*': "exit 22"},
        {'"kubectl "*"rollout status"*': '[ -e "$SHARED/back" ] || { touch "$SHARED/back"; exit 1; }'},
    ],
    ids=["no answer", "pods do not get ready"],
)
def test_a_failed_release_is_rolled_back_and_goes_no_further(merge: Callable, answers: dict[str, str]):
    """Staging goes back to the revision that ran before, and production is not touched."""
    done = merge(answers)
    assert [*IN_ORDER[:2], f"{STAGING}: failure"] == names(done), done.log
    undone = [call for call in done.called("kubectl") if "undo" in call]
    assert [
        "kubectl --namespace shop rollout undo deployment/web --to-revision 41",
        "kubectl --namespace shop rollout undo statefulset/queue --to-revision 7",
    ] == undone
    assert [] == done.called("gh release")


def test_production_goes_back_by_itself(merge: Callable):
    """What passed in staging and fails in production is taken back there, and no version is released."""
    done = merge({'"curl "*"https://shop.example/"*': "exit 22"})
    assert [*IN_ORDER[:4], f"{PRODUCTION}: failure"] == names(done), done.log
    assert 1 == len(
        [call for call in done.called("kubectl") if "undo deployment/web --to-revision 41" in call]
    )
    assert [] == done.called("gh release")


def test_a_crossed_threshold_keeps_production_as_it_is(merge: Callable):
    """The load test looks at staging, and stops there."""
    done = merge({'"k6 "*': "exit 99"})
    assert [*IN_ORDER[:3], "Load test of staging: failure"] == names(done), done.log
    assert ["k6 run --env BASE_URL=https://staging.shop.example load.js"] == done.called("k6")


def test_an_image_that_changed_on_its_way_is_not_pushed(merge: Callable):
    """What is fetched has to have the digest that was built and scanned."""
    once = '[ -e "$SHARED/once" ]'
    changed = f'if {once}; then echo sha256:other; else touch "$SHARED/once"; echo {DIGEST}; fi'
    done = merge({'"skopeo inspect --format"*': changed})
    assert [*IN_ORDER[:2], f"{STAGING}: failure"] == names(done), done.log
    assert [] == done.called("skopeo copy")
