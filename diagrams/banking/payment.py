"""Payment: the way of one payment, step by step."""

from diagrams import Cluster, Diagram, Edge
from diagrams.aws.storage import S3
from diagrams.generic.compute import Rack
from diagrams.k8s.compute import STS, Deploy
from diagrams.onprem.client import Client
from diagrams.onprem.network import Nginx
from diagrams.onprem.queue import Kafka
from diagrams.saas.cdn import Cloudflare

with Diagram("Payment", show=False, direction="TB"):
    client = Client("Client", nodeid="external/client")
    edge = Cloudflare("Cloudflare", nodeid="external/cloudflare")

    with Cluster("Namespace banking", graph_attr={"id": "cluster/Namespace/banking"}):
        gateway = Nginx("Gateway", nodeid="banking/Deployment/gateway")
        authentication = Deploy("Authentication", nodeid="banking/Deployment/authentication")
        core = Deploy("Core", nodeid="banking/Deployment/core")
        kafka = Kafka("Kafka", nodeid="banking/KafkaNodePool/broker")
        adapter = Deploy("Legacy adapter", nodeid="banking/Deployment/legacy-adapter")
        audit = STS("Audit", nodeid="banking/StatefulSet/audit")

    ledger = Rack("Legacy core", nodeid="external/legacy-core", cidr="10.200.10.0/24")
    archive = S3("Audit archive", nodeid="external/audit-archive", cidr="10.30.0.0/16")

    client >> Edge(label="1. send payment", by="asserted: both ends are outside") >> edge
    edge >> Edge(label="2. pass on", by="asserted: no file tells the balancer's addresses") >> gateway
    gateway >> Edge(label="3. whose token?", by="tcp/8080") >> authentication
    gateway >> Edge(label="4. hand on", by="tcp/8080") >> core
    core >> Edge(label="5. write payment", by="tcp/9093") >> kafka
    kafka << Edge(label="6. take payment", by="tcp/9093") << adapter
    adapter >> Edge(label="7. book", by="tcp/8443") >> ledger
    kafka << Edge(label="8. write result", by="tcp/9093") << adapter
    core >> Edge(label="9. read result", by="tcp/9093") >> kafka
    kafka << Edge(label="10. read events", by="tcp/9093") << audit
    audit >> Edge(label="11. copy segments", by="tcp/443") >> archive
