"""Context: who calls the platform, and every system outside that it calls."""

from diagrams import Cluster, Diagram, Edge
from diagrams.aws.storage import S3
from diagrams.generic.compute import Rack
from diagrams.k8s.compute import STS, Deploy
from diagrams.onprem.client import Client
from diagrams.onprem.identity import Dex
from diagrams.onprem.monitoring import Prometheus
from diagrams.onprem.network import Nginx
from diagrams.onprem.queue import Kafka
from diagrams.saas.alerting import Pagerduty
from diagrams.saas.cdn import Cloudflare

with Diagram("Context", show=False, direction="TB"):
    client = Client("Client", nodeid="external/client")
    edge = Cloudflare("Cloudflare", nodeid="external/cloudflare")

    with Cluster("Namespace banking", graph_attr={"id": "cluster/Namespace/banking"}):
        gateway = Nginx("Gateway", nodeid="banking/Deployment/gateway")
        authentication = Deploy("Authentication", nodeid="banking/Deployment/authentication")
        core = Deploy("Core", nodeid="banking/Deployment/core")
        kafka = Kafka("Kafka", nodeid="banking/KafkaNodePool/broker")
        adapter = Deploy("Legacy adapter", nodeid="banking/Deployment/legacy-adapter")
        audit = STS("Audit", nodeid="banking/StatefulSet/audit")
    with Cluster("Namespace monitoring", graph_attr={"id": "cluster/Namespace/monitoring"}):
        alerts = Prometheus("Alertmanager", nodeid="monitoring/Alertmanager/banking")

    identity = Dex("Identity provider", nodeid="external/identity-provider", cidr="10.200.20.0/24")
    ledger = Rack("Legacy core", nodeid="external/legacy-core", cidr="10.200.10.0/24")
    archive = S3("Audit archive", nodeid="external/audit-archive", cidr="10.30.0.0/16")
    pager = Pagerduty("PagerDuty", nodeid="external/pagerduty")

    client >> Edge(label="payments", by="asserted: both ends are outside") >> edge
    edge >> Edge(label="HTTPS", by="asserted: no file tells the balancer's addresses") >> gateway
    gateway >> Edge(label="whose token?", by="tcp/8080") >> authentication
    gateway >> Edge(label="hand on", by="tcp/8080") >> core
    authentication >> Edge(label="fetch keys", by="tcp/443") >> identity
    core >> Edge(label="write, read", by="tcp/9093") >> kafka
    kafka << Edge(label="take, answer", by="tcp/9093") << adapter
    kafka << Edge(label="take events", by="tcp/9093") << audit
    adapter >> Edge(label="book", by="tcp/8443") >> ledger
    audit >> Edge(label="copy segments", by="tcp/443") >> archive
    alerts >> Edge(label="call who is on duty", by="tcp/443") >> pager
