"""Platform: the whole of biotech-x on one page."""

from diagrams import Cluster, Diagram, Edge
from diagrams.aws.compute import Batch
from diagrams.aws.database import RDS
from diagrams.aws.integration import SNS, SQS, StepFunctions
from diagrams.aws.network import ELB, CloudFront
from diagrams.aws.security import Cognito
from diagrams.aws.storage import S3
from diagrams.k8s.compute import Deploy
from diagrams.onprem.client import User

with Diagram("Platform", show=False, direction="TB"):
    scientist = User("Scientist", nodeid="external/scientist")
    edge = CloudFront("CloudFront and WAF", nodeid="aws_cloudfront_distribution.main")
    sign_in = Cognito("Sign-in", nodeid="aws_cognito_user_pool.main")
    uploads = S3("Uploads", nodeid="aws_s3_bucket.uploads")
    results = S3("Results", nodeid="aws_s3_bucket.results")

    with Cluster("VPC over three zones", graph_attr={"id": "aws_vpc.main"}):
        with Cluster("Private subnets", graph_attr={"id": "aws_subnet.private"}):
            balancer = ELB("Load balancer", nodeid="aws_lb.main")
            with Cluster("EKS cluster", graph_attr={"id": "aws_eks_cluster.main"}):
                web = Deploy("Web pods", nodeid="biotech-x/Deployment/web")
                api = Deploy("API pods", nodeid="biotech-x/Deployment/api")
            jobs = Batch("Batch jobs", nodeid="aws_batch_job_queue.analysis")
        with Cluster("Database subnets", graph_attr={"id": "aws_subnet.database"}):
            database = RDS("PostgreSQL", nodeid="aws_db_instance.main")

    machine = StepFunctions("State machine", nodeid="aws_sfn_state_machine.analysis")
    topic = SNS("Outcome topic", nodeid="aws_sns_topic.outcome")
    queue = SQS("Outcome queue", nodeid="aws_sqs_queue.outcome")

    scientist >> Edge(label="pages, API calls", by="tcp/443") >> edge
    scientist >> Edge(label="sign in", by="tcp/443") >> sign_in
    scientist >> Edge(label="files", by="asserted: by a URL that the API signed") >> uploads
    edge >> Edge(label="HTTPS", by="tcp/443") >> balancer
    balancer >> Edge(label="pages", by="tcp/3000") >> web
    balancer >> Edge(label="/api/*", by="tcp/8000") >> api
    sign_in << Edge(label="verify tokens", by="tcp/443") << api
    api >> Edge(label="SQL", by="tcp/5432, rds-db:connect") >> database
    api >> Edge(label="start", by="tcp/443, states:StartExecution") >> machine
    jobs << Edge(label="one job per file", by="batch:SubmitJob") << machine
    uploads << Edge(label="read", by="tcp/443, s3:GetObject") << jobs
    results << Edge(label="write", by="tcp/443, s3:PutObject") << jobs
    machine >> Edge(label="publish", by="sns:Publish") >> topic
    queue << Edge(label="deliver", by="sqs:SendMessage") << topic
    api >> Edge(label="take outcome", by="tcp/443, sqs:ReceiveMessage, sqs:DeleteMessage") >> queue
    scientist << Edge(label="results", by="asserted: by a URL that the API signed") << results
