"""Access: who may do what on which data."""

from diagrams import Diagram, Edge
from diagrams.aws.compute import Batch
from diagrams.aws.database import RDS
from diagrams.aws.integration import SNS, SQS, StepFunctions
from diagrams.aws.security import KMS
from diagrams.aws.storage import S3
from diagrams.k8s.compute import Deploy, Job

with Diagram("Access", show=False, direction="TB"):
    key = KMS("Data key", nodeid="aws_kms_key.data")
    migration = Job("Migration job", nodeid="biotech-x/Job/migration")
    api = Deploy("API pods", nodeid="biotech-x/Deployment/api")
    job = Batch("Analysis job", nodeid="aws_batch_job_definition.analysis")
    database = RDS("PostgreSQL", nodeid="aws_db_instance.main")
    queue = SQS("Outcome queue", nodeid="aws_sqs_queue.outcome")
    machine = StepFunctions("State machine", nodeid="aws_sfn_state_machine.analysis")
    uploads = S3("Uploads", nodeid="aws_s3_bucket.uploads")
    results = S3("Results", nodeid="aws_s3_bucket.results")
    topic = SNS("Outcome topic", nodeid="aws_sns_topic.outcome")

    key << Edge(label="decrypt", by="tcp/443, kms:Decrypt") << migration
    key << Edge(label="encrypt, decrypt", by="kms:GenerateDataKey, kms:Decrypt") << api
    key << Edge(label="encrypt, decrypt", by="kms:GenerateDataKey, kms:Decrypt") << job
    migration >> Edge(label="read master password", by="tcp/5432, secretsmanager:GetSecretValue") >> database
    api >> Edge(label="connect as api", by="rds-db:connect") >> database
    api >> Edge(label="take", by="sqs:ReceiveMessage, sqs:DeleteMessage") >> queue
    api >> Edge(label="start", by="states:StartExecution") >> machine
    job << Edge(label="submit", by="batch:SubmitJob") << machine
    api >> Edge(label="put", by="s3:PutObject") >> uploads
    job >> Edge(label="get", by="s3:GetObject") >> uploads
    api >> Edge(label="get", by="s3:GetObject") >> results
    job >> Edge(label="put", by="s3:PutObject") >> results
    machine >> Edge(label="publish", by="sns:Publish") >> topic
    queue << Edge(label="send", by="sqs:SendMessage") << topic
