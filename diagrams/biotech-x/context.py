"""Context: who uses biotech-x, and everything that crosses the border of its AWS account."""

from diagrams import Cluster, Diagram, Edge
from diagrams.aws.cost import Budgets
from diagrams.aws.integration import SNS
from diagrams.aws.management import Cloudwatch
from diagrams.aws.network import ELB, CloudFront, Route53
from diagrams.aws.security import Cognito, IAMRole
from diagrams.aws.storage import S3
from diagrams.k8s.compute import Deploy
from diagrams.onprem.client import User
from diagrams.onprem.vcs import Github

with Diagram("Context", show=False, direction="LR"):
    scientist = User("Scientist", nodeid="external/scientist")
    github = Github("GitHub Actions", nodeid="external/github")
    engineer = User("Engineer on call", nodeid="external/engineer")

    with Cluster("AWS account of one environment", graph_attr={"id": "data.aws_caller_identity.current"}):
        names = Route53("Domain", nodeid="aws_route53_zone.main")
        sign_in = Cognito("Sign-in", nodeid="aws_cognito_user_pool.main")
        application = CloudFront("Application", nodeid="aws_cloudfront_distribution.main")
        balancer = ELB("Load balancer", nodeid="aws_lb.main")
        web = Deploy("Web pods", nodeid="biotech-x/Deployment/web")
        api = Deploy("API pods", nodeid="biotech-x/Deployment/api")
        uploads = S3("Uploads", nodeid="aws_s3_bucket.uploads")
        results = S3("Results", nodeid="aws_s3_bucket.results")
        deploy = IAMRole("Deploy role", nodeid="aws_iam_role.deploy")
        plan = IAMRole("Plan role", nodeid="aws_iam_role.plan")
        alarms = SNS("Alarms", nodeid="aws_sns_topic.alarms")
        unhealthy = Cloudwatch("API pods unhealthy", nodeid="aws_cloudwatch_metric_alarm.api_unhealthy")
        budget = Budgets("Budget", nodeid="aws_budgets_budget.monthly")

    scientist >> Edge(label="look up the name", by="udp/53") >> names
    scientist >> Edge(label="sign in", by="tcp/443") >> sign_in
    scientist >> Edge(label="use", by="tcp/443") >> application
    application >> Edge(label="HTTPS", by="tcp/443") >> balancer
    balancer >> Edge(label="pages", by="tcp/3000") >> web
    balancer >> Edge(label="/api/*", by="tcp/8000") >> api
    scientist >> Edge(label="send files", by="asserted: by a URL that the API signed") >> uploads
    scientist << Edge(label="fetch results", by="asserted: by a URL that the API signed") << results
    github >> Edge(label="approved release", by="sts:AssumeRoleWithWebIdentity") >> deploy
    github >> Edge(label="pull request", by="sts:AssumeRoleWithWebIdentity") >> plan
    engineer << Edge(label="e-mail", by="asserted: the mailbox is outside") << alarms
    alarms << Edge(label="publish", by="sns:Publish") << unhealthy
    engineer << Edge(label="e-mail", by="asserted: the mailbox is outside") << budget
