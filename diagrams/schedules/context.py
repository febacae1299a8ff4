"""Context: who calls the API, what watches it, and whom an alert reaches."""

from diagrams import Cluster, Diagram, Edge
from diagrams.generic.device import Mobile
from diagrams.k8s.compute import Deploy
from diagrams.k8s.network import Ing
from diagrams.onprem.client import Client, User
from diagrams.onprem.logging import Loki
from diagrams.onprem.monitoring import Grafana, Prometheus
from diagrams.programming.flowchart import Document

with Diagram("Context", show=False, direction="TB"):
    client = Client("Client", nodeid="external/client")
    engineer = User("Engineer", nodeid="external/engineer")

    with Cluster("Namespace schedules", graph_attr={"id": "cluster/Namespace/schedules"}):
        ingress = Ing("Ingress", nodeid="schedules/Ingress/schedules")
        first = Deploy("Version 1", nodeid="schedules/Deployment/schedules-v1")
        second = Deploy("Version 2", nodeid="schedules/Deployment/schedules-v2")
    with Cluster("Namespace observability", graph_attr={"id": "cluster/Namespace/observability"}):
        grafana = Grafana("Grafana", nodeid="observability/Deployment/grafana")
        prometheus = Prometheus("Prometheus", nodeid="observability/Prometheus/schedules")
        loki = Loki("Loki", nodeid="observability/StatefulSet/loki")
        alerts = Prometheus("Alertmanager", nodeid="observability/Alertmanager/schedules")

    pager = Mobile("Pager", nodeid="external/pager")
    tickets = Document("Tickets", nodeid="external/tickets")

    client >> Edge(label="HTTPS", by="asserted: the controller's address is in no file") >> ingress
    ingress >> Edge(label="/v1", by="asserted: the controller's pods are in no file") >> first
    ingress >> Edge(label="/v2", by="asserted: the controller's pods are in no file") >> second
    first << Edge(label="metrics", by="tcp/8000") << prometheus
    second << Edge(label="metrics", by="tcp/8000") << prometheus
    engineer >> Edge(label="forward a port", by="asserted: the Kubernetes API carries it") >> grafana
    grafana >> Edge(label="query", by="tcp/9090") >> prometheus
    grafana >> Edge(label="query", by="tcp/3100") >> loki
    prometheus >> Edge(label="alert", by="tcp/9093") >> alerts
    loki >> Edge(label="alert", by="tcp/9093") >> alerts
    alerts >> Edge(label="page", by="tcp/443") >> pager
    alerts >> Edge(label="ticket", by="tcp/443") >> tickets
