"""Zones: what is spread over the zones, and what keeps too much of it from going at once."""

from diagrams import Cluster, Diagram, Edge
from diagrams.k8s.compute import STS, Deploy
from diagrams.k8s.controlplane import API
from diagrams.k8s.others import CRD
from diagrams.onprem.network import Nginx
from diagrams.onprem.queue import Kafka

with Diagram("Zones", show=False, direction="TB"):
    with Cluster("Namespace banking, all zones", graph_attr={"id": "cluster/Namespace/banking"}):
        gateway_budget = CRD("Budget of gateway", nodeid="banking/PodDisruptionBudget/gateway")
        token_budget = CRD("Budget of authentication", nodeid="banking/PodDisruptionBudget/authentication")
        core_budget = CRD("Budget of core", nodeid="banking/PodDisruptionBudget/core")
        adapter_budget = CRD("Budget of adapter", nodeid="banking/PodDisruptionBudget/legacy-adapter")
        audit_budget = CRD("Budget of audit", nodeid="banking/PodDisruptionBudget/audit")
        gateway = Nginx("Gateway", nodeid="banking/Deployment/gateway")
        authentication = Deploy("Authentication", nodeid="banking/Deployment/authentication")
        core = Deploy("Core", nodeid="banking/Deployment/core")
        kafka = Kafka("Brokers", nodeid="banking/KafkaNodePool/broker")
        adapter = Deploy("Legacy adapter", nodeid="banking/Deployment/legacy-adapter")
        audit = STS("Audit", nodeid="banking/StatefulSet/audit")
    api = API("Kubernetes API", nodeid="external/kubernetes-api", cidr="10.30.0.0/16")

    gateway_budget >> Edge(label="one at a time", by="protects") >> gateway
    gateway >> Edge(label="in any zone", by="tcp/8080") >> authentication
    gateway >> Edge(label="in any zone", by="tcp/8080") >> core
    token_budget >> Edge(label="one at a time", by="protects") >> authentication
    core_budget >> Edge(label="one at a time", by="protects") >> core
    core >> Edge(label="in any zone", by="tcp/9093") >> kafka
    kafka >> Edge(label="copy to the other zones", by="tcp/9090, tcp/9091") >> kafka
    kafka >> Edge(label="ask for own zone", by="tcp/443") >> api
    kafka << Edge(label="in any zone", by="tcp/9093") << adapter
    kafka << Edge(label="in any zone", by="tcp/9093") << audit
    adapter << Edge(label="one at a time", by="protects") << adapter_budget
    audit << Edge(label="one at a time", by="protects") << audit_budget
