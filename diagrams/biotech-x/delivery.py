"""Delivery: how a change gets from GitHub into the account, and what the pipeline may do there."""

from diagrams import Cluster, Diagram, Edge
from diagrams.aws.compute import ECR, EKS, EC2Instances
from diagrams.aws.security import IAM, IAMRole
from diagrams.aws.storage import S3
from diagrams.onprem.vcs import Github

with Diagram("Delivery", show=False, direction="LR"):
    github = Github("GitHub Actions", nodeid="external/github")

    with Cluster("AWS account of one environment", graph_attr={"id": "data.aws_caller_identity.current"}):
        nodes = EC2Instances("Nodes", nodeid="aws_eks_node_group.main")
        deploy = IAMRole("Deploy role", nodeid="aws_iam_role.deploy")
        plan = IAMRole("Plan role", nodeid="aws_iam_role.plan")
        cluster = EKS("Kubernetes API", nodeid="aws_eks_cluster.main")
        images = ECR("Images", nodeid="aws_ecr_repository.main")
        role = IAMRole("API's role", nodeid="aws_iam_role.api")
        provider = IAM("Trust in GitHub", nodeid="aws_iam_openid_connect_provider.github")
        uploads = S3("Uploads", nodeid="aws_s3_bucket.uploads")

    github >> Edge(label="approved release", by="sts:AssumeRoleWithWebIdentity") >> deploy
    github >> Edge(label="pull request, main", by="sts:AssumeRoleWithWebIdentity") >> plan
    deploy >> Edge(label="push", by="ecr:PutImage") >> images
    deploy >> Edge(label="find", by="eks:DescribeCluster") >> cluster
    deploy >> Edge(label="grant", by="iam:PutRolePolicy") >> role
    deploy >> Edge(label="renew", by="iam:UpdateOpenIDConnectProviderThumbprint") >> provider
    deploy >> Edge(label="change settings", by="s3:PutLifecycleConfiguration") >> uploads
    plan >> Edge(label="read settings", by="s3:GetLifecycleConfiguration") >> uploads
    nodes >> Edge(label="pull", by="tcp/443, ecr:BatchGetImage") >> images
