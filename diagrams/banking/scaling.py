"""Scaling: what grows with the load, what waits, and what stays when pods are taken away."""

from diagrams import Cluster, Diagram, Edge
from diagrams.generic.compute import Rack
from diagrams.k8s.clusterconfig import HPA
from diagrams.k8s.compute import Deploy
from diagrams.k8s.others import CRD
from diagrams.onprem.network import Nginx
from diagrams.onprem.queue import Kafka

with Diagram("Scaling", show=False, direction="TB"):
    with Cluster("Namespace banking", graph_attr={"id": "cluster/Namespace/banking"}):
        gateway = Nginx("Gateway", nodeid="banking/Deployment/gateway")
        autoscaler = HPA("Autoscaler", nodeid="banking/HorizontalPodAutoscaler/core")
        core_budget = CRD("Budget of core", nodeid="banking/PodDisruptionBudget/core")
        core = Deploy("Core", nodeid="banking/Deployment/core")
        monitor = CRD("Monitor of core", nodeid="banking/ServiceMonitor/core")
        kafka = Kafka("Kafka", nodeid="banking/KafkaNodePool/broker")
        adapter_budget = CRD("Budget of adapter", nodeid="banking/PodDisruptionBudget/legacy-adapter")
        adapter = Deploy("Legacy adapter", nodeid="banking/Deployment/legacy-adapter")
    ledger = Rack("Legacy core", nodeid="external/legacy-core", cidr="10.200.10.0/24")

    autoscaler >> Edge(label="adds and removes pods", by="scales") >> core
    gateway >> Edge(label="requests", by="tcp/8080") >> core
    core_budget >> Edge(label="one at a time", by="protects") >> core
    core << Edge(label="shows the load", by="selects") << monitor
    core >> Edge(label="what waits", by="tcp/9093") >> kafka
    kafka << Edge(label="take, at the ledger's pace", by="tcp/9093") << adapter
    adapter_budget >> Edge(label="one at a time", by="protects") >> adapter
    adapter >> Edge(label="book", by="tcp/8443") >> ledger
