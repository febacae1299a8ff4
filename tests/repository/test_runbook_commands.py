"""What a runbook tells somebody to type: programs take it, names exist, and what only reads only reads."""

import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import botocore.exceptions
import botocore.session
import jmespath
import promql_parser
import psycopg
import pytest
import yaml
from botocore import xform_name

from asbuilt.errors import UnusableInput
from asbuilt.infrastructure import manifests
from drills.database.drill.cluster import make, programs, server_user

ROOT = Path(__file__).parents[2]
PAGES = sorted((ROOT / "docs/runbooks").glob("*.md"))
EACH = pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
TERRAFORM = (ROOT / "terraform/biotech-x/main.tf").read_text(encoding="utf-8")
NAME = "biotech-x-production"
# What the AWS CLI has of its own, beside the operations of the services, with the options that are used here.
OWN = {
    "s3 cp": {"recursive", "quiet"},
    "logs tail": {"since", "filter-pattern"},
    "eks update-kubeconfig": {"name"},
    "rds generate-db-auth-token": {"hostname", "port", "username"},
}
GLOBAL = {"query", "output", "region", "max-items"}
KINDS = {
    "deployment": "Deployment",
    "statefulset": "StatefulSet",
    "job": "Job",
    "hpa": "HorizontalPodAutoscaler",
    "kafkauser": "KafkaUser",
    "podmonitor": "PodMonitor",
}
BESIDE = (
    "aws-load-balancer-controller",
    "aws-cluster-autoscaler",
)  # made by Helm: docs/biotech-x/provisioning.md
CHANGES = re.compile(
    r"(?:\b|pg_)(?:delete|patch|scale|undo|restart|annotate|cordon|terminate|cancel|create|update(?!-kubeconfig)|modify"
    r"|reboot|start(?!-time)|stop|drop|purge|associate|put)(?=[\s-]|_backend|_replication_slot|$)"
)

_BLOCK = re.compile(r'^( *)```(\w+)(?: title="([^"]*)")?\n(.*?)^\1```$', re.MULTILINE | re.DOTALL)
_CODE = re.compile(r"`([^`\n]+)`")
_AWS = re.compile(r"\baws ([a-z0-9]+) ([a-z][a-z0-9-]+)([^|;)\n]*)")
_KUBECTL = re.compile(rf"kubectl --namespace (\S+) [^|\n]*?\b({'|'.join(KINDS)})[/ ]([a-z][\w-]*)")
_SELECTOR = re.compile(r"--selector ([\w./-]+)=([\w-]+)")
_QUERY = re.compile(r"""--query (?:'([^']+)'|"([^"]+)")""")
_GROUP = re.compile(r"aws logs tail (\S+)")


def blocks(text: str) -> list[tuple[str, str, str]]:
    """Language, title and text of each block, without its indent."""
    return [(kind, title, re.sub(rf"^{indent}", "", body, flags=re.MULTILINE))
            for indent, kind, title, body in _BLOCK.findall(text)]  # fmt: skip


def typed(text: str) -> str:
    """All commands of a page, one a line: those of blocks, and those in the text."""
    bodies = [body for kind, _, body in blocks(text) if kind == "bash"]
    return "\n".join([re.sub(r"\\\n\s*", "", body) for body in bodies] + _CODE.findall(_BLOCK.sub("", text)))


def unquoted(text: str) -> str:
    """Commands without what stands in quotes, but for commands that stand in them."""
    return re.sub(r'"[^"(]*"', "Q", re.sub(r"'[^']*'", "Q", text))


@cache
def options(service: str, operation: str) -> set[str]:
    """The options of an operation, as AWS describes it; nothing where there is no such operation."""
    session = botocore.session.get_session()
    try:
        model = session.get_service_model("s3" if service == "s3api" else service)
    except botocore.exceptions.UnknownServiceError:
        return set()
    known = {xform_name(name, "-"): name for name in model.operation_names}
    if operation not in known:
        return set()
    shape = model.operation_model(known[operation]).input_shape
    named = {xform_name(name, "-") for name in shape.members} if shape else set()
    return named | GLOBAL | {f"no-{name}" for name in named}


def untaken(text: str) -> Iterator[str]:
    """AWS commands that no service knows, and options that they do not take."""
    for service, operation, rest in _AWS.findall(unquoted(typed(text))):
        known = OWN.get(f"{service} {operation}") or options(service, operation)
        if not known:
            yield f"aws {service} {operation}"
        elif extra := set(re.findall(r"(?<=--)[a-z][a-z0-9-]+", rest)) - known - GLOBAL:
            yield f"aws {service} {operation}: {', '.join(sorted(extra))}"


@cache
def objects() -> frozenset[str]:
    """Every object of every system, as namespace/Kind/name."""
    found = set()
    for system in (ROOT / "kubernetes").iterdir():
        command = ["kubectl", "kustomize", system / "production"]
        done = subprocess.run(command, capture_output=True, check=True, timeout=60)
        for body in yaml.safe_load_all(done.stdout):
            where = body["metadata"].get("namespace", "cluster")
            found.add(f"{where}/{body['kind']}/{body['metadata']['name']}")
    return frozenset(found)


@cache
def named() -> str:
    """The manifests' text, and what is named only where the cluster is made."""
    files = [*(ROOT / "kubernetes").rglob("*.yaml"), *(ROOT / "observability").rglob("*.*")]
    return "\n".join(path.read_text(encoding="utf-8") for path in files if path.is_file())


@cache
def allowed() -> re.Pattern[str]:
    """The names of figures that Kafka's brokers are told to show."""
    (kafka,) = (one for one in manifests(ROOT / "kubernetes/banking/base") if one.body["kind"] == "Kafka")
    return re.compile("|".join(kafka.body["spec"]["kafka"]["metricsConfig"]["values"]["allowList"]))


def homeless(text: str) -> Iterator[str]:
    """Objects and labels in commands that no manifest has."""
    commands = typed(text)
    for namespace, kind, name in _KUBECTL.findall(commands):
        if f"{namespace}/{KINDS[kind]}/{name}" not in objects() and name not in BESIDE:
            yield f"{namespace}/{KINDS[kind]}/{name}"
    for key, value in _SELECTOR.findall(commands):
        if f"{key}: {value}\n" not in named() and value not in BESIDE:
            yield f"{key}={value}"


def nameless(text: str) -> Iterator[str]:
    """Names in AWS that Terraform does not give."""
    made = TERRAFORM.replace("${local.name}", NAME).replace("${var.environment}", "production")
    given = {name.rstrip("-") for name in re.findall(rf"(?<![\w/-]){NAME}[\w-]*", made)}
    used = {name.rstrip("-") for name in re.findall(rf"(?<![\w/-]){NAME}[\w-]*", typed(text))}
    yield from sorted(used - given)
    yield from (group for group in _GROUP.findall(typed(text)) if f'"{group}"' not in made)


def uncounted(text: str) -> Iterator[str]:
    """Queries that are no PromQL, or ask for what nobody counts."""
    for query in (body for kind, _, body in blocks(text) if kind == "promql"):
        read: list[object] = []
        try:
            promql_parser.walk(promql_parser.parse(query), read.append)
        except ValueError as error:
            yield str(error)
        selectors = [node for node in read if isinstance(node, promql_parser.VectorSelector)]
        names = (node.name for node in selectors)
        yield from (name for name in names if not _written(name) and not allowed().fullmatch(name))


def _written(name: str) -> bool:
    """Whether a figure's whole name stands somewhere: a part of another's is none."""
    return bool(re.search(rf"(?<![\w:]){re.escape(name)}(?![\w:])", named()))


def careless(text: str) -> Iterator[str]:
    """Blocks of the runbook without a mark, and those that say that they only read and do not."""
    for kind, title, body in blocks(text):
        if not re.search(r"executed|parsed|when it is over", title):
            yield f"no mark: {title or body.splitlines()[0]}"
        if (
            "only reads" in title
            and (verb := CHANGES.search(re.sub(r"'[^']*'", "", body)))
            and kind != "promql"
        ):
            yield f"changes something: {verb[0]}"


def cut(text: str) -> Iterator[str]:
    """Logs of which kubectl shows one pod of several, or only the last ten lines of each."""
    for command in re.findall(r"kubectl[^\n|`]* logs [^\n|`]*", typed(text)):
        if " logs deployment/" in command or ("--selector" in command and "--tail" not in command):
            yield command.strip()


def malformed(text: str) -> Iterator[str]:
    """Blocks that bash cannot read, and queries that the AWS CLI cannot."""
    for body in (body for kind, _, body in blocks(text) if kind == "bash"):
        read = subprocess.run(["bash", "-n"], input=body, capture_output=True, text=True, timeout=10)
        yield from read.stderr.splitlines()
    for single, double in _QUERY.findall(typed(text)):
        try:
            jmespath.compile(single or double.replace("\\`", "`"))
        except jmespath.exceptions.ParseError as error:
            yield str(error)


CHECKS = (untaken, homeless, nameless, uncounted, careless, cut, malformed)


@EACH
@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__)
def test_a_page_tells_what_works(page: Path, check):
    """Operations, options, names, queries and marks of every block and every command in the text."""
    assert [] == list(check(page.read_text(encoding="utf-8")))


def bash(command: str, title: str = "only reads; not executed: needs AWS") -> str:
    """A page with one command."""
    return f'1. Ask.\n\n    ```bash title="{title}"\n    {command}\n    ```\n'


@pytest.mark.parametrize(
    ("check", "text", "fault"),
    [
        (untaken, bash("aws rds describe-databases"), "aws rds describe-databases"),
        (untaken, bash("aws nothing list-all"), "aws nothing list-all"),
        (untaken, bash("aws sqs get-queue-url --queue Q"), "aws sqs get-queue-url: queue"),
        (untaken, "| it | `aws rds reboot-db-instance --failover` |", "aws rds reboot-db-instance: failover"),
        (homeless, bash("kubectl --namespace biotech-x get deployment apis"), "biotech-x/Deployment/apis"),
        (homeless, bash("kubectl --namespace banking logs deployment/api"), "banking/Deployment/api"),
        (homeless, bash("kubectl get pods --selector app.kubernetes.io/name=apis"), "name=apis"),
        (nameless, bash(f"aws sqs get-queue-url --queue-name {NAME}-outcomes"), f"{NAME}-outcomes"),
        (nameless, bash("aws logs tail /biotech-x/production/pod"), "/biotech-x/production/pod"),
        (uncounted, "```promql\nsum(rate(http_request_total[5m]))\n```\n", "http_request_total"),
        (uncounted, "```promql\nkafka_log_size\n```\n", "kafka_log_size"),
        (uncounted, "```promql\nrate(up)\n```\n", ""),
        (careless, "```bash\nkubectl get nodes\n```\n", "no mark: kubectl get nodes"),
        (careless, bash("kubectl --namespace biotech-x delete pod x"), "changes something: delete"),
        (careless, bash("aws sqs purge-queue"), "changes something: purge"),
        (cut, bash("kubectl logs --selector app=api | grep error"), "logs --selector app=api"),
        (cut, bash("kubectl logs deployment/api --tail=-1"), "logs deployment/api"),
        (malformed, bash("for X in a b; do echo"), "syntax error"),
        (malformed, bash("aws sts get-caller-identity --query 'Arn['"), "Arn["),
    ],
)  # fmt: skip
def test_a_command_that_does_not_work_is_seen(check, text: str, fault: str):
    """No such operation, option, object, label, name or metric; no PromQL; no mark, or a wrong one."""
    (found,) = check(text)
    assert fault in found


@pytest.fixture(scope="module")
def database() -> Iterator[psycopg.Connection]:
    """An administrator's session in a PostgreSQL of this test's own."""
    try:
        programs()
    except UnusableInput as error:
        (pytest.fail if os.environ.get("CI") else pytest.skip)(error.message)
    with tempfile.TemporaryDirectory() as name:  # pytest's own folders may be closed to the server's user
        folder = Path(name)
        if user := server_user():
            shutil.chown(folder, user)
        cluster = make(folder / "data", 5432)
        cluster.extra = "listen_addresses = ''\n"  # by its socket alone: it takes no port
        cluster.configure()
        try:
            cluster.start()
            yield cluster.admin("postgres")
        finally:
            cluster.kill()


STATEMENTS = [
    pytest.param(body, id=f"{page.stem}-{number}")
    for page in PAGES
    for number, (kind, _, body) in enumerate(blocks(page.read_text(encoding="utf-8")))
    if kind == "sql"
]


@pytest.mark.parametrize("statement", STATEMENTS)
def test_statements_are_executed(statement: str, database: psycopg.Connection):
    """Every statement of the runbooks, by a real PostgreSQL."""
    assert database.execute(statement.encode()).description


def test_a_statement_that_does_not_work_is_seen(database: psycopg.Connection):
    """A column that is not there."""
    with pytest.raises(psycopg.errors.UndefinedColumn):
        database.execute(b"SELECT client_address FROM pg_stat_activity")


# Page, what it says, and what it could say by mistake: commands, names, labels, metrics, logs, marks.
BROKEN = [
    ("AnalysisBacklog", "batch list-jobs", "batch get-jobs"),
    ("AnalysisBacklog", "biotech-x-production-spot", "biotech-x-production-spots"),
    ("AnalysisFailed", "get-execution-history", "list-execution-history"),
    ("AnalysisFailed", "--reverse-order", "--reversed"),
    ("AnswersSlow", "rollout history deployment/api", "rollout history deployment/apis"),
    ("ApiUnhealthy", "app.kubernetes.io/name=api", "app.kubernetes.io/name=backend"),
    ("AuditGap", "audit_chain_breaks", "audit_chain_break"),
    ("BalancerErrors", "describe-target-health", "describe-targets-health"),
    ("BudgetMonthly", "--granularity DAILY", "--granular DAILY"),
    ("CertificateExpiry", "acm list-certificates", "acm get-certificates"),
    ("ConsumerLag", "kafka_consumergroup_lag", "kafka_consumer_lag"),
    ("ConsumerLag", "--tail=-1", ""),
    ("DatabaseStorage", "modify-db-instance --db-instance-identifier", "modify-db-instance --identifier"),
    ("DatabaseUnreachable", "/aws/rds/instance/", "/aws/rds/"),
    ("DatabaseUnreachable", "--force-failover", "--failover"),
    ("ErrorBudgetBurnPage", "slo:burn_rate:rate10m", "slo:burn_rate:rate15m"),
    ("ErrorBudgetBurnPage", "rollout undo deployment/schedules-v2", "rollout undo deployment/schedules"),
    ("HighErrorRate", "http_requests_total", "http_request_total"),
    ("HighLatencyP95", "patch hpa schedules-v2", "patch hpa schedules"),
    ("LegacyAdapterDown", "only reads; not executed: needs a cluster", "only reads"),
    ("NodesExhausted", "describe-nodegroup --cluster-name", "describe-nodegroup --cluster"),
    ("OutcomeAge", "biotech-x-production-outcome", "biotech-x-production-outcomes"),
    ("OutcomeDeadLetter", "changes something; not executed", "only reads; not executed"),
    ("PaymentErrors", "strimzi.io/cluster=banking", "strimzi.io/cluster=bank"),
    ("UploadErrors", "aws kms describe-key", "aws kms read-key"),
]  # fmt: skip


@pytest.mark.parametrize(("page", "old", "new"), BROKEN)
def test_a_page_that_is_broken_is_noticed(page: str, old: str, new: str):
    """Each mistake is made in a copy of a page that exists, and a check says so."""
    text = (ROOT / f"docs/runbooks/{page}.md").read_text(encoding="utf-8")
    assert old in text
    assert [fault for check in CHECKS for fault in check(text.replace(old, new, 1))]
