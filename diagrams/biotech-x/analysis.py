"""Analysis: how a request becomes Batch jobs, their results, and an answer to the user."""

from diagrams import Cluster, Diagram, Edge
from diagrams.aws.compute import ECR, Batch
from diagrams.aws.integration import (
    SNS,
    SQS,
    StepFunctions,
)
from diagrams.aws.management import Cloudwatch
from diagrams.aws.network import ELB, CloudFront
from diagrams.aws.storage import S3
from diagrams.k8s.compute import Deploy
from diagrams.onprem.client import User

with Diagram("Analysis", show=False, direction="TB"):
    scientist = User("Scientist", nodeid="external/scientist")
    edge = CloudFront("CloudFront and WAF", nodeid="aws_cloudfront_distribution.main")

    with Cluster("Private subnets", graph_attr={"id": "aws_subnet.private"}):
        balancer = ELB("Load balancer", nodeid="aws_lb.main")
        api = Deploy("API pods", nodeid="biotech-x/Deployment/api")

    machine = StepFunctions("State machine", nodeid="aws_sfn_state_machine.analysis")
    topic = SNS("Outcome topic", nodeid="aws_sns_topic.outcome")
    jobs = Batch("Job queue", nodeid="aws_batch_job_queue.analysis")
    job = Batch("Analysis job", nodeid="aws_batch_job_definition.analysis")
    queue = SQS("Outcome queue", nodeid="aws_sqs_queue.outcome")
    images = ECR("Images", nodeid="aws_ecr_repository.main")
    logs = Cloudwatch("Logs", nodeid="aws_cloudwatch_log_group.main")
    uploads = S3("Uploads", nodeid="aws_s3_bucket.uploads")
    results = S3("Results", nodeid="aws_s3_bucket.results")

    scientist >> Edge(label="start analysis", by="tcp/443") >> edge
    edge >> Edge(label="HTTPS", by="tcp/443") >> balancer
    balancer >> Edge(label="/api/*", by="tcp/8000") >> api
    api >> Edge(label="start", by="tcp/443, states:StartExecution") >> machine
    machine >> Edge(label="publish", by="sns:Publish") >> topic
    machine >> Edge(label="one job per file", by="batch:SubmitJob") >> jobs
    machine >> Edge(label="run, wait", by="batch:SubmitJob") >> job
    topic >> Edge(label="deliver", by="sqs:SendMessage") >> queue
    job >> Edge(label="pull", by="tcp/443") >> images
    job >> Edge(label="log", by="tcp/443") >> logs
    job >> Edge(label="read", by="tcp/443, s3:GetObject") >> uploads
    job >> Edge(label="write", by="tcp/443, s3:PutObject") >> results
    api >> Edge(label="take outcome", by="tcp/443, sqs:ReceiveMessage, sqs:DeleteMessage") >> queue
    api >> Edge(label="sign", by="s3:GetObject") >> results
    scientist << Edge(label="results", by="asserted: by a URL that the API signed") << results
