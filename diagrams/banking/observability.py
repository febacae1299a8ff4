"""Observability: whose figures and logs are collected, and whom an alert reaches."""

from diagrams import Cluster, Diagram, Edge
from diagrams.k8s.compute import STS, Deploy
from diagrams.k8s.controlplane import API
from diagrams.onprem.logging import Loki
from diagrams.onprem.monitoring import Grafana, Prometheus
from diagrams.onprem.network import Nginx
from diagrams.onprem.queue import Kafka
from diagrams.saas.alerting import Pagerduty

with Diagram("Observability", show=False, direction="LR"):
    with Cluster("Namespace monitoring", graph_attr={"id": "cluster/Namespace/monitoring"}):
        grafana = Grafana("Grafana", nodeid="monitoring/Deployment/grafana")
        alloy = Deploy("Alloy", nodeid="monitoring/Deployment/alloy")
        loki = Loki("Loki", nodeid="monitoring/StatefulSet/loki")
        prometheus = Prometheus("Prometheus", nodeid="monitoring/Prometheus/banking")
        alerts = Prometheus("Alertmanager", nodeid="monitoring/Alertmanager/banking")
    with Cluster("Namespace banking", graph_attr={"id": "cluster/Namespace/banking"}):
        gateway = Nginx("Gateway", nodeid="banking/Deployment/gateway")
        authentication = Deploy("Authentication", nodeid="banking/Deployment/authentication")
        core = Deploy("Core", nodeid="banking/Deployment/core")
        kafka = Kafka("Kafka", nodeid="banking/KafkaNodePool/broker")
        adapter = Deploy("Legacy adapter", nodeid="banking/Deployment/legacy-adapter")
        audit = STS("Audit", nodeid="banking/StatefulSet/audit")
    api = API("Kubernetes API", nodeid="external/kubernetes-api", cidr="10.30.0.0/16")
    pager = Pagerduty("PagerDuty", nodeid="external/pagerduty")

    gateway << Edge(label="figures", by="tcp/9113") << prometheus
    authentication << Edge(label="figures", by="tcp/9090") << prometheus
    core << Edge(label="figures", by="tcp/9090") << prometheus
    kafka << Edge(label="figures", by="tcp/9404") << prometheus
    adapter << Edge(label="figures", by="tcp/9090") << prometheus
    audit << Edge(label="figures", by="tcp/9090") << prometheus
    api << Edge(label="find pods", by="tcp/443") << prometheus
    prometheus >> Edge(label="alert", by="tcp/9093") >> alerts
    alerts >> Edge(label="agree", by="tcp/9094, udp/9094") >> alerts
    alerts >> Edge(label="call", by="tcp/443") >> pager
    prometheus << Edge(label="query", by="tcp/9090") << grafana
    grafana >> Edge(label="query", by="tcp/3100") >> loki
    alloy >> Edge(label="push logs", by="tcp/3100") >> loki
    api << Edge(label="read logs", by="tcp/443") << alloy
