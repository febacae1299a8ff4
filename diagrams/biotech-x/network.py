"""Network: who may open a connection to whom, and what may leave."""

from diagrams import Cluster, Diagram, Edge
from diagrams.aws.compute import Batch
from diagrams.aws.database import RDS
from diagrams.aws.network import ELB, CloudFront, Endpoint, NATGateway
from diagrams.aws.storage import S3
from diagrams.k8s.compute import Deploy
from diagrams.onprem.network import Internet

with Diagram("Network", show=False, direction="TB"):
    anybody = Internet("Anybody", nodeid="external/internet")
    edge = CloudFront("CloudFront and WAF", nodeid="aws_cloudfront_distribution.main")
    files = S3("Uploads", nodeid="aws_s3_bucket.uploads")

    with Cluster("VPC", graph_attr={"id": "aws_vpc.main"}):
        with Cluster("Private subnets", graph_attr={"id": "aws_subnet.private"}):
            balancer = ELB("Load balancer", nodeid="aws_lb.main")
            jobs = Batch("Analysis instances", nodeid="aws_batch_job_queue.analysis")
            web = Deploy("Web pods", nodeid="biotech-x/Deployment/web")
            api = Deploy("API pods", nodeid="biotech-x/Deployment/api")
            endpoints = Endpoint("Interface endpoints", nodeid="aws_vpc_endpoint.interface")
        with Cluster("Public subnets", graph_attr={"id": "aws_subnet.public"}):
            nat = NATGateway("NAT gateways", nodeid="aws_nat_gateway.main")
        with Cluster("Database subnets", graph_attr={"id": "aws_subnet.database"}):
            database = RDS("PostgreSQL", nodeid="aws_db_instance.main")

    outside = Internet("AWS and the internet", nodeid="external/outside")

    anybody >> Edge(label="HTTPS", by="tcp/443") >> edge
    anybody >> Edge(label="with a signed URL", by="tcp/443") >> files
    edge >> Edge(label="HTTPS", by="tcp/443") >> balancer
    balancer >> Edge(label="pages", by="tcp/3000") >> web
    balancer >> Edge(label="/api/*", by="tcp/8000") >> api
    api >> Edge(label="SQL", by="tcp/5432") >> database
    api >> Edge(label="all that leaves", by="tcp/443") >> nat
    nat >> Edge(label="HTTPS", by="tcp/443") >> outside
    files << Edge(label="over the S3 endpoint", by="tcp/443") << jobs
    jobs >> Edge(label="images, logs", by="tcp/443") >> endpoints
