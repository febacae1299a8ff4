"""System: the services of the platform, the buffer between them, and what watches them."""

from diagrams import Cluster, Diagram, Edge
from diagrams.generic.compute import Rack
from diagrams.k8s.compute import STS, Deploy
from diagrams.onprem.logging import Loki
from diagrams.onprem.monitoring import Grafana, Prometheus
from diagrams.onprem.network import Nginx
from diagrams.onprem.queue import Kafka

with Diagram("System", show=False, direction="TB"):
    with Cluster("Namespace banking", graph_attr={"id": "cluster/Namespace/banking"}):
        gateway = Nginx("Gateway", nodeid="banking/Deployment/gateway")
        authentication = Deploy("Authentication", nodeid="banking/Deployment/authentication")
        core = Deploy("Core", nodeid="banking/Deployment/core")
        kafka = Kafka("Kafka", nodeid="banking/KafkaNodePool/broker")
        adapter = Deploy("Legacy adapter", nodeid="banking/Deployment/legacy-adapter")
        audit = STS("Audit", nodeid="banking/StatefulSet/audit")
    with Cluster("Namespace monitoring", graph_attr={"id": "cluster/Namespace/monitoring"}):
        grafana = Grafana("Grafana", nodeid="monitoring/Deployment/grafana")
        alloy = Deploy("Alloy", nodeid="monitoring/Deployment/alloy")
        prometheus = Prometheus("Prometheus", nodeid="monitoring/Prometheus/banking")
        loki = Loki("Loki", nodeid="monitoring/StatefulSet/loki")
    ledger = Rack("Legacy core", nodeid="external/legacy-core", cidr="10.200.10.0/24")

    gateway >> Edge(label="whose token?", by="tcp/8080") >> authentication
    gateway >> Edge(label="hand on", by="tcp/8080") >> core
    core >> Edge(label="write payments, read results", by="tcp/9093") >> kafka
    kafka << Edge(label="read payments, write results", by="tcp/9093") << adapter
    kafka << Edge(label="read events", by="tcp/9093") << audit
    adapter >> Edge(label="book", by="tcp/8443") >> ledger
    grafana >> Edge(label="query", by="tcp/9090") >> prometheus
    grafana >> Edge(label="query", by="tcp/3100") >> loki
    alloy >> Edge(label="push logs", by="tcp/3100") >> loki
    prometheus >> Edge(label="read figures", by="tcp/9404") >> kafka
