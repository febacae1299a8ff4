"""Zones: what a lost zone takes with it, and what goes on without it."""

from diagrams import Cluster, Diagram, Edge
from diagrams.aws.database import RDS
from diagrams.aws.network import ELB, CloudFront, NATGateway, PrivateSubnet
from diagrams.k8s.compute import Deploy
from diagrams.onprem.network import Internet

with Diagram("Zones", show=False, direction="TB"):
    edge = CloudFront("CloudFront", nodeid="aws_cloudfront_distribution.main")
    outside = Internet("Internet", nodeid="external/internet")

    with Cluster("VPC", graph_attr={"id": "aws_vpc.main"}):
        with Cluster("Private subnets, all zones", graph_attr={"id": "aws_subnet.private"}):
            balancer = ELB("Load balancer", nodeid="aws_lb.main")
            web = Deploy("Web pods", nodeid="biotech-x/Deployment/web")
            api = Deploy("API pods", nodeid="biotech-x/Deployment/api")
        with Cluster("Database subnets, all zones", graph_attr={"id": "aws_subnet.database"}):
            database = RDS("PostgreSQL and standby", nodeid="aws_db_instance.main")
        with Cluster("Public, a", graph_attr={"id": 'aws_subnet.public["a"]'}):
            nat_a = NATGateway("NAT gateway a", nodeid='aws_nat_gateway.main["a"]')
        with Cluster("Public, b", graph_attr={"id": 'aws_subnet.public["b"]'}):
            nat_b = NATGateway("NAT gateway b", nodeid='aws_nat_gateway.main["b"]')
        with Cluster("Public, c", graph_attr={"id": 'aws_subnet.public["c"]'}):
            nat_c = NATGateway("NAT gateway c", nodeid='aws_nat_gateway.main["c"]')
        private_a = PrivateSubnet("Private, a", nodeid='aws_subnet.private["a"]')
        private_b = PrivateSubnet("Private, b", nodeid='aws_subnet.private["b"]')
        private_c = PrivateSubnet("Private, c", nodeid='aws_subnet.private["c"]')

    edge >> Edge(label="in any zone", by="tcp/443") >> balancer
    balancer >> Edge(label="in any zone", by="tcp/3000") >> web
    balancer >> Edge(label="in any zone", by="tcp/8000") >> api
    api >> Edge(label="in any zone", by="tcp/5432") >> database
    outside << Edge(label="out", by="tcp/443") << nat_a
    outside << Edge(label="out", by="tcp/443") << nat_b
    outside << Edge(label="out", by="tcp/443") << nat_c
    nat_a << Edge(label="only its own", by="tcp/443") << private_a
    nat_b << Edge(label="only its own", by="tcp/443") << private_b
    nat_c << Edge(label="only its own", by="tcp/443") << private_c
