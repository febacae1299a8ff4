"""What the busiest hour of so many users takes, in the units of the limits."""

import math
from dataclasses import dataclass
from functools import lru_cache

from drills.capacity import theory
from drills.capacity.demand import Demand
from drills.capacity.usage import api_requests, usage

_HISTORY = 8  # events of one file in a Map: its iteration, its state and its task, each from start to end
_KEPT_MONTHS = 60  # results can be consulted for five years, and so their rows are kept
_FIVE_MINUTES = 300


@dataclass(frozen=True, slots=True)
class Need:
    """The busiest hour. Rates are a second; `jobs` at once are not passed in the calm share of it."""

    users: int
    samples: float
    files: float
    requests: float
    pages: float
    connected: int
    jobs_mean: float
    jobs: int
    vcpus: int
    api_pods: int
    web_pods: int
    nodes: int
    connections: int
    connections_busy: float


def need(demand: Demand, users: int) -> Need:
    """What so many users need."""
    samples, requests, pages = (
        users * monthly * demand.peak_hour / demand.working_days / 3600
        for monthly in (demand.samples, api_requests(demand), demand.pages)
    )
    mean = theory.little(samples * demand.files, demand.job_minutes * 60)
    jobs = max(_peak(mean, demand.files, demand.calm), demand.files)
    api_pods = _pods(demand, theory.little(requests, demand.api_cpu_ms / 1000) / demand.api_pod_vcpus)
    web_pods = _pods(demand, theory.little(pages, demand.web_cpu_ms / 1000) / demand.web_pod_vcpus)
    pod_vcpus = api_pods * demand.api_pod_vcpus + web_pods * demand.web_pod_vcpus
    return Need(
        users=users,
        samples=samples,
        files=samples * demand.files,
        requests=requests,
        pages=pages,
        connected=theory.binomial_peak(users, _active(demand), demand.calm),
        jobs_mean=mean,
        jobs=jobs,
        vcpus=jobs * demand.job_vcpus,
        api_pods=api_pods,
        web_pods=web_pods,
        nodes=max(demand.zones, math.ceil(pod_vcpus / demand.node_vcpus)),
        connections=api_pods * demand.pool,
        connections_busy=theory.little(requests, demand.query_ms / 1000),
    )


def asked(demand: Demand, needed: Need) -> dict[str, float]:
    """For each limit of `capacity.yaml`, in its unit, what is asked of it."""
    instances = math.ceil(needed.vcpus / demand.instance_vcpus)
    return {
        **_analysis(demand, needed, instances),
        **_edge(demand, needed),
        **_cluster(demand, needed, instances),
        **_data(demand, needed),
    }


def _active(demand: Demand) -> float:
    """The chance that a user is connected at a moment of the busiest hour."""
    return demand.active_day * demand.peak_hour * demand.session_minutes / 60


def _pods(demand: Demand, busy: float) -> int:
    """Pods, when an autoscaler keeps each as busy as it aims at, for so many that would be wholly busy."""
    return max(demand.least_pods, math.ceil(busy / (demand.pod_busy / 100)))


@lru_cache(maxsize=4096)
def _peak(load: float, batch: int, share: float) -> int:
    return theory.peak(load, batch, share)


def _analysis(demand: Demand, needed: Need, instances: int) -> dict[str, float]:
    lasts = theory.longest(demand.files, demand.job_minutes * 60)
    with_jobs = theory.little(needed.samples, lasts)
    return {
        "spot_vcpus": needed.vcpus,
        "batch_vcpus": needed.vcpus,
        "batch_shares": _peak(with_jobs, 1, demand.calm),
        "batch_submit": needed.files,
        "batch_submitted": needed.jobs,
        "ecs_instances": instances,
        "volumes": instances * demand.volume_gib / 1024,
        "workflow_starts": needed.samples,
        "workflow_transitions": needed.samples * (demand.files + 2),
        "workflow_open": with_jobs,
        "workflow_history": demand.largest_files * _HISTORY,
        "outcomes": theory.little(needed.samples, demand.outcome_seconds),
    }


def _edge(demand: Demand, needed: Need) -> dict[str, float]:
    both = needed.requests + needed.pages
    return {
        "sign_ins": needed.users * demand.active_day * demand.peak_hour / 3600,
        "one_address_requests": both * demand.one_address * _FIVE_MINUTES,
        "edge_requests": both,
        "balancer_targets": max(needed.api_pods, needed.web_pods),
    }


def _cluster(demand: Demand, needed: Need, instances: int) -> dict[str, float]:
    pods = needed.api_pods + needed.web_pods
    return {
        "on_demand_vcpus": needed.nodes * demand.node_vcpus_all + needed.vcpus * (1 - demand.spot_found),
        "api_pods": needed.api_pods,
        "web_pods": needed.web_pods,
        "nodes": needed.nodes,
        "node_pods": pods,
        "addresses": pods + needed.nodes + instances,
        "public_addresses": demand.zones,
        "nat_connections": needed.api_pods / demand.zones * demand.pool,
    }


def _data(demand: Demand, needed: Need) -> dict[str, float]:
    month = usage(demand, needed.users)
    a_file = month.parts / month.files
    return {
        "database_connections": needed.connections,
        "database_vcpus": theory.little(needed.requests, demand.database_cpu_ms / 1000),
        "database_storage": month.files * demand.row_kb / 10**6 * _KEPT_MONTHS,
        "s3_writes": needed.files * (a_file + 1),
        "s3_reads": needed.files * (1 + demand.results_read),
        "kms": needed.files * demand.kms_requests,
    }
