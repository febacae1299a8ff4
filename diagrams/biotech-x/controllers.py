"""Controllers: what keeps the cluster running, and what each part of it may do."""

from diagrams import Diagram, Edge
from diagrams.aws.compute import ECR, EKS, EC2Instances
from diagrams.aws.network import ELB, Endpoint
from diagrams.aws.security import IAMRole

with Diagram("Controllers", show=False, direction="TB"):
    scaling = IAMRole("Cluster autoscaler", nodeid="aws_iam_role.cluster_autoscaler")
    balancing = IAMRole("Load balancer controller", nodeid="aws_iam_role.load_balancer_controller")
    plane = EKS("Control plane", nodeid="aws_eks_cluster.main")
    nodes = EC2Instances("Nodes", nodeid="aws_eks_node_group.main")
    images = ECR("Images", nodeid="aws_ecr_repository.main")
    endpoints = Endpoint("Interface endpoints", nodeid="aws_vpc_endpoint.interface")
    web = ELB("Targets of web", nodeid="aws_lb_target_group.web")
    api = ELB("Targets of API", nodeid="aws_lb_target_group.api")

    scaling >> Edge(label="look", by="eks:DescribeNodegroup") >> nodes
    nodes >> Edge(label="Kubernetes API", by="tcp/443") >> plane
    nodes << Edge(label="kubelet, metrics, webhook", by="tcp/10250, tcp/10251, tcp/9443") << plane
    nodes >> Edge(label="pull", by="tcp/443, ecr:BatchGetImage") >> images
    nodes >> Edge(label="reach AWS", by="tcp/443") >> endpoints
    nodes >> Edge(label="DNS, metrics", by="udp/53, tcp/53, tcp/10250") >> nodes
    balancing >> Edge(label="register", by="elasticloadbalancing:RegisterTargets") >> web
    balancing >> Edge(label="register", by="elasticloadbalancing:RegisterTargets") >> api
