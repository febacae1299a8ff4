"""Observability: what is written down, what is counted, and who is told."""

from diagrams import Diagram, Edge
from diagrams.aws.cost import Budgets
from diagrams.aws.integration import SNS, StepFunctions
from diagrams.aws.management import Cloudtrail, CloudwatchAlarm, CloudwatchLogs
from diagrams.aws.network import ELB, VPCFlowLogs
from diagrams.aws.security import IAMRole
from diagrams.aws.storage import S3
from diagrams.onprem.client import User

with Diagram("Observability", show=False, direction="LR"):
    shipper = IAMRole("Log shipper", nodeid="aws_iam_role.log_shipper")
    flow = VPCFlowLogs("Flow log", nodeid="aws_flow_log.main")
    machine = StepFunctions("State machine", nodeid="aws_sfn_state_machine.analysis")
    balancer = ELB("Load balancer", nodeid="aws_lb.main")
    trail = Cloudtrail("Audit trail", nodeid="aws_cloudtrail.main")

    pod_log = CloudwatchLogs("Pods' log", nodeid='aws_cloudwatch_log_group.main["pods"]')
    packets = CloudwatchLogs("Connections", nodeid='aws_cloudwatch_log_group.main["flow"]')
    machine_log = CloudwatchLogs("Failed analyses", nodeid='aws_cloudwatch_log_group.main["state_machine"]')
    requests = S3("Requests", nodeid="aws_s3_bucket.logs")
    calls = S3("Calls of AWS", nodeid="aws_s3_bucket.trail")

    errors = CloudwatchAlarm("Server errors", nodeid="aws_cloudwatch_metric_alarm.server_errors")
    database = CloudwatchAlarm(
        "Database unreachable", nodeid="aws_cloudwatch_metric_alarm.database_unreachable"
    )
    uploads = CloudwatchAlarm("Upload errors", nodeid="aws_cloudwatch_metric_alarm.upload_errors")
    backlog = CloudwatchAlarm("Analysis backlog", nodeid="aws_cloudwatch_metric_alarm.analysis_backlog")
    budget = Budgets("Budget", nodeid="aws_budgets_budget.monthly")
    alarms = SNS("Alarms", nodeid="aws_sns_topic.alarms")
    engineer = User("Engineer on call", nodeid="external/engineer")

    shipper >> Edge(label="write", by="logs:CreateLogStream, logs:PutLogEvents") >> pod_log
    flow >> Edge(label="write", by="logs:CreateLogStream, logs:PutLogEvents") >> packets
    machine >> Edge(label="deliver", by="logs:CreateLogDelivery") >> machine_log
    balancer >> Edge(label="write", by="s3:PutObject") >> requests
    trail >> Edge(label="write", by="s3:PutObject") >> calls
    database >> Edge(label="publish", by="sns:Publish") >> alarms
    errors >> Edge(label="publish", by="sns:Publish") >> alarms
    uploads >> Edge(label="publish", by="sns:Publish") >> alarms
    backlog >> Edge(label="publish", by="sns:Publish") >> alarms
    alarms >> Edge(label="e-mail", by="asserted: the mailbox is outside") >> engineer
    budget >> Edge(label="e-mail", by="asserted: the mailbox is outside") >> engineer
