"""Upload: how a sample's files reach storage and start an analysis."""

from diagrams import Cluster, Diagram, Edge
from diagrams.aws.database import RDS
from diagrams.aws.integration import StepFunctions
from diagrams.aws.network import ELB, CloudFront
from diagrams.aws.security import KMS, Cognito
from diagrams.aws.storage import S3
from diagrams.k8s.compute import Deploy
from diagrams.onprem.client import User

with Diagram("Upload", show=False, direction="TB"):
    scientist = User("Scientist", nodeid="external/scientist")
    edge = CloudFront("CloudFront and WAF", nodeid="aws_cloudfront_distribution.main")
    sign_in = Cognito("Sign-in", nodeid="aws_cognito_user_pool.main")
    uploads = S3("Uploads", nodeid="aws_s3_bucket.uploads")

    with Cluster("VPC", graph_attr={"id": "aws_vpc.main"}):
        with Cluster("Private subnets", graph_attr={"id": "aws_subnet.private"}):
            balancer = ELB("Load balancer", nodeid="aws_lb.main")
            with Cluster("Namespace", graph_attr={"id": "cluster/Namespace/biotech-x"}):
                web = Deploy("Web pods", nodeid="biotech-x/Deployment/web")
                api = Deploy("API pods", nodeid="biotech-x/Deployment/api")
        with Cluster("Database subnets", graph_attr={"id": "aws_subnet.database"}):
            database = RDS("PostgreSQL", nodeid="aws_db_instance.main")

    key = KMS("Data key", nodeid="aws_kms_key.data")
    machine = StepFunctions("State machine", nodeid="aws_sfn_state_machine.analysis")

    scientist >> Edge(label="sign in", by="tcp/443") >> sign_in
    scientist >> Edge(label="page, API calls", by="tcp/443") >> edge
    edge >> Edge(label="HTTPS", by="tcp/443") >> balancer
    balancer >> Edge(label="page", by="tcp/3000") >> web
    balancer >> Edge(label="/api/*", by="tcp/8000") >> api
    sign_in << Edge(label="verify token", by="tcp/443") << api
    api >> Edge(label="record sample", by="tcp/5432, rds-db:connect") >> database
    uploads << Edge(label="sign URLs, join parts", by="s3:PutObject") << api
    api >> Edge(label="encrypt", by="kms:GenerateDataKey, kms:Decrypt") >> key
    scientist >> Edge(label="files, in parts", by="asserted: by a URL that the API signed") >> uploads
    api >> Edge(label="start", by="tcp/443, states:StartExecution") >> machine
