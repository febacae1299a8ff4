"""Cluster: what scales and protects both versions, and how their metrics and logs become alerts."""

from diagrams import Cluster, Diagram, Edge
from diagrams.k8s.clusterconfig import HPA
from diagrams.k8s.compute import Deploy
from diagrams.k8s.controlplane import API
from diagrams.k8s.others import CRD
from diagrams.onprem.logging import Loki
from diagrams.onprem.monitoring import Prometheus

with Diagram("Cluster", show=False, direction="TB"):
    with Cluster("Namespace schedules", graph_attr={"id": "cluster/Namespace/schedules"}):
        first_scaler = HPA("Autoscaler v1", nodeid="schedules/HorizontalPodAutoscaler/schedules-v1")
        first_budget = CRD("Budget v1", nodeid="schedules/PodDisruptionBudget/schedules-v1")
        second_budget = CRD("Budget v2", nodeid="schedules/PodDisruptionBudget/schedules-v2")
        second_scaler = HPA("Autoscaler v2", nodeid="schedules/HorizontalPodAutoscaler/schedules-v2")
        first = Deploy("Version 1", nodeid="schedules/Deployment/schedules-v1")
        second = Deploy("Version 2", nodeid="schedules/Deployment/schedules-v2")
        monitor = CRD("Monitor", nodeid="schedules/ServiceMonitor/schedules")
    with Cluster("Namespace observability", graph_attr={"id": "cluster/Namespace/observability"}):
        prometheus = Prometheus("Prometheus", nodeid="observability/Prometheus/schedules")
        alloy = Deploy("Alloy", nodeid="observability/Deployment/alloy")
        loki = Loki("Loki", nodeid="observability/StatefulSet/loki")
        alerts = Prometheus("Alertmanager", nodeid="observability/Alertmanager/schedules")
    api = API("Kubernetes API", nodeid="external/kubernetes-api", cidr="10.40.0.0/16")

    first_scaler >> Edge(label="adds and removes pods", by="scales") >> first
    first_budget >> Edge(label="one at a time", by="protects") >> first
    second_budget >> Edge(label="one at a time", by="protects") >> second
    second_scaler >> Edge(label="adds and removes pods", by="scales") >> second
    first << Edge(label="names its port", by="selects") << monitor
    second << Edge(label="names its port", by="selects") << monitor
    first << Edge(label="metrics", by="tcp/8000") << prometheus
    second << Edge(label="metrics", by="tcp/8000") << prometheus
    prometheus >> Edge(label="find pods", by="tcp/443") >> api
    alloy >> Edge(label="read logs", by="tcp/443") >> api
    alloy >> Edge(label="push logs", by="tcp/3100") >> loki
    prometheus >> Edge(label="alert", by="tcp/9093") >> alerts
    loki >> Edge(label="alert", by="tcp/9093") >> alerts
    alerts >> Edge(label="agree", by="tcp/9094, udp/9094") >> alerts
