# biotech-x: a web application that analyses protein mass spectrometry files.
#
# One file, in the order in which a request meets it. One AWS account an environment:
#
#   terraform init -backend-config=bucket=<state bucket> -backend-config=key=biotech-x -backend-config=region=<region>
#   terraform apply -var-file=staging.tfvars
#
# Contents
#
#    1  Settings          versions, providers, variables, names
#    2  Keys              what encrypts data, what encrypts logs
#    3  Network           three zones; public, private and database subnets; ways out
#    4  Firewall          security groups, and one rule for each arrow between them
#    5  Public way in     domain, certificates, CloudFront, WAF, load balancer
#    6  Sign-in           Cognito
#    7  Cluster           EKS: control plane, nodes, add-ons, who may administer it
#    8  Pod roles         one role a service account
#    9  Database          PostgreSQL in two zones
#   10  Storage           uploads for 365 days, results for five calendar years
#   11  Registries        container images
#   12  Analysis          Step Functions over Batch: Spot first, fair between users
#   13  Outcome           topic and queue that tell the API how an analysis ended
#   14  Watching          logs, alarms, budget
#   15  Audit trail       who did what
#   16  Delivery          GitHub's plan role and deploy role
#   17  Protection        what production refuses to destroy
#   18  Outputs           what people and pipelines need to know

# ====================================================================================================================
# 1  Settings
# ====================================================================================================================

terraform {
  required_version = ">= 1.11"

  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = "~> 5.100"
    }
  }

  backend "s3" {
    encrypt      = true
    use_lockfile = true
  }
}

variable "environment" {
  description = "Which of the two installations this is. Production keeps what it holds; staging can be destroyed."
  type        = string

  validation {
    condition     = contains(["staging", "production"], var.environment)
    error_message = "environment must be staging or production, not \"${var.environment}\"."
  }
}

variable "region" {
  description = "AWS region of everything that is not global. Only regions whose zones are named a, b and c."
  type        = string

  validation {
    condition     = contains(["sa-east-1", "us-east-2", "eu-central-1", "eu-west-1"], var.region)
    error_message = "region must be sa-east-1, us-east-2, eu-central-1 or eu-west-1, not \"${var.region}\"."
  }
}

variable "domain_name" {
  description = "Name under which people reach the application. Its registrar must delegate it to output name_servers."
  type        = string

  validation {
    condition     = can(regex("^([a-z0-9-]+\\.)+[a-z]{2,}$", var.domain_name))
    error_message = "domain_name must be a lower-case host name such as app.example.com, not \"${var.domain_name}\"."
  }
}

variable "github_repository" {
  description = "GitHub repository, as owner/name, whose workflows may plan and deploy."
  type        = string

  validation {
    condition     = can(regex("^[A-Za-z0-9-]+/[A-Za-z0-9._-]+$", var.github_repository))
    error_message = "github_repository must be owner/name, not \"${var.github_repository}\"."
  }
}

variable "alarm_email" {
  description = "Address that receives alarms and budget warnings."
  type        = string

  validation {
    condition     = can(regex("^[^@ ]+@[^@ ]+\\.[a-z]+$", var.alarm_email))
    error_message = "alarm_email must be one e-mail address, not \"${var.alarm_email}\"."
  }
}

variable "monthly_budget_usd" {
  description = "Monthly spending, in US dollars, beyond which the budget warns."
  type        = number

  validation {
    condition     = var.monthly_budget_usd >= 100 && var.monthly_budget_usd <= 100000
    error_message = "monthly_budget_usd must be between 100 and 100000, not ${var.monthly_budget_usd}."
  }
}

variable "vpc_cidr" {
  description = "Address range of the network: a /16, so that every pod of every node has an address of its own."
  type        = string

  validation {
    condition     = can(cidrhost(var.vpc_cidr, 0)) && endswith(var.vpc_cidr, "/16")
    error_message = "vpc_cidr must be an IPv4 range ending in /16, not \"${var.vpc_cidr}\"."
  }
}

variable "kubernetes_version" {
  description = "Kubernetes version of the control plane and the nodes."
  type        = string

  validation {
    condition     = contains(["1.34", "1.35"], var.kubernetes_version)
    error_message = "kubernetes_version must be 1.34 or 1.35, not \"${var.kubernetes_version}\"."
  }
}

variable "kubernetes_api_cidrs" {
  description = "Address ranges that may reach the Kubernetes API from outside: the deployment runners' and the office's."
  type        = list(string)

  validation {
    condition = length(var.kubernetes_api_cidrs) > 0 && alltrue([
      for range in var.kubernetes_api_cidrs : can(cidrhost(range, 0)) && !endswith(range, "/0")
    ])
    error_message = "kubernetes_api_cidrs must be at least one IPv4 range, none /0, not [${join(", ", var.kubernetes_api_cidrs)}]."
  }
}

variable "node_instance_type" {
  description = "EC2 instance type of the cluster's nodes."
  type        = string

  validation {
    condition     = contains(["m6i.large", "m6i.xlarge", "m6i.2xlarge"], var.node_instance_type)
    error_message = "node_instance_type must be m6i.large, m6i.xlarge or m6i.2xlarge, not \"${var.node_instance_type}\"."
  }
}

variable "node_count" {
  description = "Fewest and most nodes of the cluster; at least three, one in each zone."
  type        = object({ min = number, max = number })

  validation {
    condition     = var.node_count.min >= 3 && var.node_count.max >= var.node_count.min && var.node_count.max <= 60
    error_message = "node_count must satisfy 3 <= min <= max <= 60, not min ${var.node_count.min}, max ${var.node_count.max}."
  }
}

variable "database_instance_class" {
  description = "RDS instance class of the primary and of its standby."
  type        = string

  validation {
    condition     = contains(["db.t4g.medium", "db.m6g.large", "db.m6g.xlarge", "db.m6g.2xlarge"], var.database_instance_class)
    error_message = "database_instance_class must be db.t4g.medium, db.m6g.large, db.m6g.xlarge or db.m6g.2xlarge, not \"${var.database_instance_class}\"."
  }
}

variable "analysis_max_vcpus" {
  description = "Most vCPUs that analyses may use at once, on Spot and again on demand."
  type        = number

  validation {
    condition     = var.analysis_max_vcpus >= 16 && var.analysis_max_vcpus <= 4096
    error_message = "analysis_max_vcpus must be between 16 and 4096, not ${var.analysis_max_vcpus}."
  }
}

variable "analysis_image_tag" {
  description = "Tag, a commit's full hash, of the analysis image that new jobs run."
  type        = string

  validation {
    condition     = can(regex("^[0-9a-f]{40}$", var.analysis_image_tag))
    error_message = "analysis_image_tag must be a commit's 40 hexadecimal digits, not \"${var.analysis_image_tag}\"."
  }
}

locals {
  name       = "biotech-x-${var.environment}"
  production = var.environment == "production"
  account_id = data.aws_caller_identity.current.account_id

  # Where this site is published; an alarm's text ends with the page that says what to do.
  runbooks = "https://as-built.example/runbooks"

  # Each zone and its number, from which its subnets' addresses follow.
  zones = { a = 0, b = 1, c = 2 }

  # NAT gateways and interface endpoints cost by the hour and zone: staging lives with one of each.
  hourly_zones = local.production ? local.zones : { a = 0 }

  tags = {
    Project     = "biotech-x"
    Environment = var.environment
    ManagedBy   = "terraform"
    Repository  = var.github_repository
  }
}

provider "aws" {
  region = var.region

  default_tags {
    tags = local.tags
  }
}

# CloudFront takes its certificate and its web ACL from this region only.
provider "aws" {
  alias  = "us_east_1"
  region = "us-east-1"

  default_tags {
    tags = local.tags
  }
}

data "aws_caller_identity" "current" {}

# ====================================================================================================================
# 2  Keys
# ====================================================================================================================

resource "aws_kms_key" "data" {
  description             = "${local.name}: uploads, results, database, images, secrets"
  enable_key_rotation     = true
  deletion_window_in_days = 30
  policy                  = data.aws_iam_policy_document.data_key.json
}

resource "aws_kms_alias" "data" {
  name          = "alias/${local.name}-data"
  target_key_id = aws_kms_key.data.key_id
}

# The key answers to this account's IAM policies alone: who may use it stands in the roles below.
data "aws_iam_policy_document" "data_key" {
  #checkov:skip=CKV_AWS_109:In a key policy "*" is this key, and the account must be able to administer it
  #checkov:skip=CKV_AWS_111:In a key policy "*" is this key, and the account must be able to administer it
  #checkov:skip=CKV_AWS_356:In a key policy "*" is this key; no other resource can be named
  statement {
    sid       = "AccountAdministersKey"
    actions   = ["kms:*"]
    resources = ["*"]

    principals {
      type        = "AWS"
      identifiers = ["arn:aws:iam::${local.account_id}:root"]
    }
  }
}

resource "aws_kms_key" "logs" {
  description             = "${local.name}: logs, alarms, audit trail"
  enable_key_rotation     = true
  deletion_window_in_days = 30
  policy                  = data.aws_iam_policy_document.logs_key.json
}

resource "aws_kms_alias" "logs" {
  name          = "alias/${local.name}-logs"
  target_key_id = aws_kms_key.logs.key_id
}

data "aws_iam_policy_document" "logs_key" {
  #checkov:skip=CKV_AWS_109:In a key policy "*" is this key, and the account must be able to administer it
  #checkov:skip=CKV_AWS_111:In a key policy "*" is this key, and the account must be able to administer it
  #checkov:skip=CKV_AWS_356:In a key policy "*" is this key; no other resource can be named
  statement {
    sid       = "AccountAdministersKey"
    actions   = ["kms:*"]
    resources = ["*"]

    principals {
      type        = "AWS"
      identifiers = ["arn:aws:iam::${local.account_id}:root"]
    }
  }

  statement {
    sid       = "LogGroupsAreEncrypted"
    actions   = ["kms:Encrypt", "kms:Decrypt", "kms:ReEncrypt*", "kms:GenerateDataKey*", "kms:DescribeKey"]
    resources = ["*"]

    principals {
      type        = "Service"
      identifiers = ["logs.${var.region}.amazonaws.com"]
    }

    condition {
      test     = "ArnLike"
      variable = "kms:EncryptionContext:aws:logs:arn"
      values   = ["arn:aws:logs:${var.region}:${local.account_id}:log-group:*"]
    }
  }

  statement {
    sid       = "AuditTrailIsEncrypted"
    actions   = ["kms:GenerateDataKey*", "kms:Decrypt", "kms:DescribeKey"] # Decrypt: its bucket has a bucket key
    resources = ["*"]

    principals {
      type        = "Service"
      identifiers = ["cloudtrail.amazonaws.com"]
    }

    condition {
      test     = "StringEquals"
      variable = "aws:SourceArn"
      values   = ["arn:aws:cloudtrail:${var.region}:${local.account_id}:trail/${local.name}"]
    }
  }

  statement {
    sid       = "AlarmsReachTheirTopic"
    actions   = ["kms:GenerateDataKey*", "kms:Decrypt"]
    resources = ["*"]

    principals {
      type        = "Service"
      identifiers = ["cloudwatch.amazonaws.com"]
    }
  }
}

# ====================================================================================================================
# 3  Network
# ====================================================================================================================

resource "aws_vpc" "main" {
  cidr_block           = var.vpc_cidr
  enable_dns_hostnames = true
  enable_dns_support   = true

  tags = { Name = local.name }
}

# Nothing uses the group that AWS makes with the network, so it lets nothing through.
resource "aws_default_security_group" "main" {
  vpc_id = aws_vpc.main.id
}

# Public subnets hold the NAT gateways and nothing else.
resource "aws_subnet" "public" {
  for_each = local.zones

  vpc_id            = aws_vpc.main.id
  availability_zone = "${var.region}${each.key}"
  cidr_block        = cidrsubnet(var.vpc_cidr, 8, 192 + each.value)

  tags = { Name = "${local.name}-public-${each.key}" }
}

# A quarter of the network a zone: every pod takes an address.
resource "aws_subnet" "private" {
  for_each = local.zones

  vpc_id            = aws_vpc.main.id
  availability_zone = "${var.region}${each.key}"
  cidr_block        = cidrsubnet(var.vpc_cidr, 2, each.value)

  tags = { Name = "${local.name}-private-${each.key}" }
}

resource "aws_subnet" "database" {
  for_each = local.zones

  vpc_id            = aws_vpc.main.id
  availability_zone = "${var.region}${each.key}"
  cidr_block        = cidrsubnet(var.vpc_cidr, 8, 208 + each.value)

  tags = { Name = "${local.name}-database-${each.key}" }
}

resource "aws_internet_gateway" "main" {
  vpc_id = aws_vpc.main.id

  tags = { Name = local.name }
}

resource "aws_eip" "nat" {
  for_each = local.hourly_zones

  domain = "vpc"

  tags = { Name = "${local.name}-nat-${each.key}" }
}

resource "aws_nat_gateway" "main" {
  for_each = local.hourly_zones

  allocation_id = aws_eip.nat[each.key].id
  subnet_id     = aws_subnet.public[each.key].id

  tags = { Name = "${local.name}-${each.key}" }

  depends_on = [aws_internet_gateway.main]
}

resource "aws_route_table" "public" {
  vpc_id = aws_vpc.main.id

  tags = { Name = "${local.name}-public" }
}

resource "aws_route" "public_to_internet" {
  route_table_id         = aws_route_table.public.id
  destination_cidr_block = "0.0.0.0/0"
  gateway_id             = aws_internet_gateway.main.id
}

resource "aws_route_table_association" "public" {
  for_each = local.zones

  route_table_id = aws_route_table.public.id
  subnet_id      = aws_subnet.public[each.key].id
}

resource "aws_route_table" "private" {
  for_each = local.zones

  vpc_id = aws_vpc.main.id

  tags = { Name = "${local.name}-private-${each.key}" }
}

# Through the zone's own NAT gateway, so that a lost zone takes no other with it; in staging all through the one.
resource "aws_route" "private_to_internet" {
  for_each = local.zones

  route_table_id         = aws_route_table.private[each.key].id
  destination_cidr_block = "0.0.0.0/0"
  nat_gateway_id         = aws_nat_gateway.main[local.production ? each.key : "a"].id
}

resource "aws_route_table_association" "private" {
  for_each = local.zones

  route_table_id = aws_route_table.private[each.key].id
  subnet_id      = aws_subnet.private[each.key].id
}

# No route but the network's own: the database cannot reach the internet, nor be reached from it.
resource "aws_route_table" "database" {
  vpc_id = aws_vpc.main.id

  tags = { Name = "${local.name}-database" }
}

resource "aws_route_table_association" "database" {
  for_each = local.zones

  route_table_id = aws_route_table.database.id
  subnet_id      = aws_subnet.database[each.key].id
}

# Files and image layers travel through this one: free, and not through NAT.
resource "aws_vpc_endpoint" "s3" {
  vpc_id            = aws_vpc.main.id
  service_name      = "com.amazonaws.${var.region}.s3"
  vpc_endpoint_type = "Gateway"
  route_table_ids   = [for table in aws_route_table.private : table.id]
  policy            = data.aws_iam_policy_document.s3_endpoint.json

  tags = { Name = "${local.name}-s3" }
}

# Nobody carries anything to a bucket of their own: our files pass, and the layers of images that registries keep in S3.
data "aws_iam_policy_document" "s3_endpoint" {
  #checkov:skip=CKV_AWS_283:It only narrows what passes; who may do what stands in the roles below
  statement {
    sid       = "OurFiles"
    actions   = ["s3:GetObject", "s3:PutObject"]
    resources = ["${aws_s3_bucket.uploads.arn}/*", "${aws_s3_bucket.results.arn}/*"]

    principals {
      type        = "AWS"
      identifiers = ["*"]
    }
  }

  statement {
    sid     = "ImageLayers"
    actions = ["s3:GetObject"]
    resources = [
      "arn:aws:s3:::prod-${var.region}-starport-layer-bucket/*", # ECR
      "arn:aws:s3:::prod-registry-k8s-io-${var.region}/*",       # registry.k8s.io
    ]

    principals {
      type        = "AWS"
      identifiers = ["*"]
    }
  }
}

# All that an analysis instance needs besides S3, since it has no way to the internet: images, its agent, its log.
resource "aws_vpc_endpoint" "interface" {
  for_each = toset(["ecr.api", "ecr.dkr", "ecs", "ecs-agent", "ecs-telemetry", "logs"])

  vpc_id              = aws_vpc.main.id
  service_name        = "com.amazonaws.${var.region}.${each.key}"
  vpc_endpoint_type   = "Interface"
  private_dns_enabled = true
  subnet_ids          = [for zone, number in local.hourly_zones : aws_subnet.private[zone].id]
  security_group_ids  = [aws_security_group.endpoint.id]

  tags = { Name = "${local.name}-${each.key}" }
}

resource "aws_flow_log" "main" {
  vpc_id               = aws_vpc.main.id
  traffic_type         = "ALL"
  log_destination_type = "cloud-watch-logs"
  log_destination      = aws_cloudwatch_log_group.main["flow"].arn
  iam_role_arn         = aws_iam_role.flow_log.arn

  tags = { Name = local.name }
}

resource "aws_iam_role" "flow_log" {
  name               = "${local.name}-flow-log"
  assume_role_policy = data.aws_iam_policy_document.service["vpc-flow-logs"].json
}

resource "aws_iam_role_policy" "flow_log" {
  name   = "write-flow-log"
  role   = aws_iam_role.flow_log.name
  policy = data.aws_iam_policy_document.flow_log.json
}

data "aws_iam_policy_document" "flow_log" {
  statement {
    sid       = "WriteFlowLog"
    actions   = ["logs:CreateLogStream", "logs:PutLogEvents", "logs:DescribeLogStreams"]
    resources = ["${aws_cloudwatch_log_group.main["flow"].arn}:*"]
  }
}

# Which AWS service may take a role: used by every role in this file that no pod and no workflow takes.
data "aws_iam_policy_document" "service" {
  for_each = toset(["batch", "ec2", "ecs-tasks", "eks", "monitoring.rds", "states", "vpc-flow-logs"])

  statement {
    sid     = "ServiceTakesRole"
    actions = ["sts:AssumeRole"]

    principals {
      type        = "Service"
      identifiers = ["${each.key}.amazonaws.com"]
    }
  }
}

# Policies that AWS writes. They are read, so that a plan shows what a role may do, and a misspelt name fails in it.
data "aws_iam_policy" "managed" {
  for_each = toset([
    "AmazonEC2ContainerRegistryPullOnly",
    "AmazonEKSClusterPolicy",
    "AmazonEKSWorkerNodePolicy",
    "AmazonEKS_CNI_Policy",
    "PowerUserAccess",
    "ReadOnlyAccess",
    "service-role/AWSBatchServiceRole",
    "service-role/AmazonEC2ContainerServiceforEC2Role",
    "service-role/AmazonRDSEnhancedMonitoringRole",
  ])

  arn = "arn:aws:iam::aws:policy/${each.key}"
}

# ====================================================================================================================
# 4  Firewall
#
# A group lets through what its rules name, in both directions. Answers need no rule, and neither does the network's
# own name server and clock. Pods share the group of the node they run on.
# ====================================================================================================================

resource "aws_security_group" "load_balancer" {
  name        = "${local.name}-load-balancer"
  description = "Load balancer: from CloudFront, to web and API pods"
  vpc_id      = aws_vpc.main.id

  tags = { Name = "${local.name}-load-balancer" }
}

resource "aws_security_group" "node" {
  name        = "${local.name}-node"
  description = "Nodes and the pods on them"
  vpc_id      = aws_vpc.main.id

  tags = { Name = "${local.name}-node" }
}

resource "aws_security_group" "cluster" {
  name        = "${local.name}-cluster"
  description = "Network interfaces of the Kubernetes control plane"
  vpc_id      = aws_vpc.main.id

  tags = { Name = "${local.name}-cluster" }
}

resource "aws_security_group" "database" {
  name        = "${local.name}-database"
  description = "Database: from nodes, to nowhere"
  vpc_id      = aws_vpc.main.id

  tags = { Name = "${local.name}-database" }
}

resource "aws_security_group" "endpoint" {
  name        = "${local.name}-endpoint"
  description = "Interface endpoints: from nodes and analysis instances, to nowhere"
  vpc_id      = aws_vpc.main.id

  tags = { Name = "${local.name}-endpoint" }
}

resource "aws_security_group" "analysis" {
  name        = "${local.name}-analysis"
  description = "Analysis instances: from nowhere, to endpoints and S3"
  vpc_id      = aws_vpc.main.id

  tags = { Name = "${local.name}-analysis" }
}

# -- CloudFront to load balancer

data "aws_ec2_managed_prefix_list" "cloudfront" {
  name = "com.amazonaws.global.cloudfront.origin-facing"
}

resource "aws_vpc_security_group_ingress_rule" "load_balancer_from_cloudfront" {
  security_group_id = aws_security_group.load_balancer.id
  description       = "HTTPS from CloudFront"
  prefix_list_id    = data.aws_ec2_managed_prefix_list.cloudfront.id
  ip_protocol       = "tcp"
  from_port         = 443
  to_port           = 443
}

# -- Load balancer to web and API pods

resource "aws_vpc_security_group_egress_rule" "load_balancer_to_web" {
  security_group_id            = aws_security_group.load_balancer.id
  description                  = "HTTP to web pods"
  referenced_security_group_id = aws_security_group.node.id
  ip_protocol                  = "tcp"
  from_port                    = 3000
  to_port                      = 3000
}

resource "aws_vpc_security_group_ingress_rule" "web_from_load_balancer" {
  security_group_id            = aws_security_group.node.id
  description                  = "HTTP to web pods"
  referenced_security_group_id = aws_security_group.load_balancer.id
  ip_protocol                  = "tcp"
  from_port                    = 3000
  to_port                      = 3000
}

resource "aws_vpc_security_group_egress_rule" "load_balancer_to_api" {
  security_group_id            = aws_security_group.load_balancer.id
  description                  = "HTTP to API pods"
  referenced_security_group_id = aws_security_group.node.id
  ip_protocol                  = "tcp"
  from_port                    = 8000
  to_port                      = 8000
}

resource "aws_vpc_security_group_ingress_rule" "api_from_load_balancer" {
  security_group_id            = aws_security_group.node.id
  description                  = "HTTP to API pods"
  referenced_security_group_id = aws_security_group.load_balancer.id
  ip_protocol                  = "tcp"
  from_port                    = 8000
  to_port                      = 8000
}

# -- Pods to database

resource "aws_vpc_security_group_egress_rule" "node_to_database" {
  security_group_id            = aws_security_group.node.id
  description                  = "PostgreSQL"
  referenced_security_group_id = aws_security_group.database.id
  ip_protocol                  = "tcp"
  from_port                    = 5432
  to_port                      = 5432
}

resource "aws_vpc_security_group_ingress_rule" "database_from_node" {
  security_group_id            = aws_security_group.database.id
  description                  = "PostgreSQL"
  referenced_security_group_id = aws_security_group.node.id
  ip_protocol                  = "tcp"
  from_port                    = 5432
  to_port                      = 5432
}

# -- Nodes and pods to AWS, to Cognito and to the control plane: all HTTPS, all by the names they resolve. A narrower
#    rule beside this one would let nothing more through, so there is none.

resource "aws_vpc_security_group_egress_rule" "node_to_https" {
  security_group_id = aws_security_group.node.id
  description       = "HTTPS to the control plane, interface endpoints, S3, AWS services and Cognito"
  cidr_ipv4         = "0.0.0.0/0"
  ip_protocol       = "tcp"
  from_port         = 443
  to_port           = 443
}

resource "aws_vpc_security_group_ingress_rule" "cluster_from_node" {
  security_group_id            = aws_security_group.cluster.id
  description                  = "Kubernetes API"
  referenced_security_group_id = aws_security_group.node.id
  ip_protocol                  = "tcp"
  from_port                    = 443
  to_port                      = 443
}

resource "aws_vpc_security_group_ingress_rule" "endpoint_from_node" {
  security_group_id            = aws_security_group.endpoint.id
  description                  = "HTTPS from nodes"
  referenced_security_group_id = aws_security_group.node.id
  ip_protocol                  = "tcp"
  from_port                    = 443
  to_port                      = 443
}

# -- Control plane to nodes

resource "aws_vpc_security_group_egress_rule" "cluster_to_kubelet" {
  security_group_id            = aws_security_group.cluster.id
  description                  = "Kubelet: logs, exec, probes"
  referenced_security_group_id = aws_security_group.node.id
  ip_protocol                  = "tcp"
  from_port                    = 10250
  to_port                      = 10250
}

resource "aws_vpc_security_group_ingress_rule" "kubelet_from_cluster" {
  security_group_id            = aws_security_group.node.id
  description                  = "Kubelet: logs, exec, probes"
  referenced_security_group_id = aws_security_group.cluster.id
  ip_protocol                  = "tcp"
  from_port                    = 10250
  to_port                      = 10250
}

resource "aws_vpc_security_group_egress_rule" "cluster_to_metrics_server" {
  security_group_id            = aws_security_group.cluster.id
  description                  = "Metrics server, which autoscaling reads"
  referenced_security_group_id = aws_security_group.node.id
  ip_protocol                  = "tcp"
  from_port                    = 10251
  to_port                      = 10251
}

resource "aws_vpc_security_group_ingress_rule" "metrics_server_from_cluster" {
  security_group_id            = aws_security_group.node.id
  description                  = "Metrics server, which autoscaling reads"
  referenced_security_group_id = aws_security_group.cluster.id
  ip_protocol                  = "tcp"
  from_port                    = 10251
  to_port                      = 10251
}

resource "aws_vpc_security_group_egress_rule" "cluster_to_webhook" {
  security_group_id            = aws_security_group.cluster.id
  description                  = "Load balancer controller's admission webhook"
  referenced_security_group_id = aws_security_group.node.id
  ip_protocol                  = "tcp"
  from_port                    = 9443
  to_port                      = 9443
}

resource "aws_vpc_security_group_ingress_rule" "webhook_from_cluster" {
  security_group_id            = aws_security_group.node.id
  description                  = "Load balancer controller's admission webhook"
  referenced_security_group_id = aws_security_group.cluster.id
  ip_protocol                  = "tcp"
  from_port                    = 9443
  to_port                      = 9443
}

# -- Node to node: names, and the metrics server's readings

resource "aws_vpc_security_group_egress_rule" "node_to_dns_udp" {
  security_group_id            = aws_security_group.node.id
  description                  = "DNS to CoreDNS pods"
  referenced_security_group_id = aws_security_group.node.id
  ip_protocol                  = "udp"
  from_port                    = 53
  to_port                      = 53
}

resource "aws_vpc_security_group_ingress_rule" "dns_udp_from_node" {
  security_group_id            = aws_security_group.node.id
  description                  = "DNS to CoreDNS pods"
  referenced_security_group_id = aws_security_group.node.id
  ip_protocol                  = "udp"
  from_port                    = 53
  to_port                      = 53
}

resource "aws_vpc_security_group_egress_rule" "node_to_dns_tcp" {
  security_group_id            = aws_security_group.node.id
  description                  = "DNS to CoreDNS pods, long answers"
  referenced_security_group_id = aws_security_group.node.id
  ip_protocol                  = "tcp"
  from_port                    = 53
  to_port                      = 53
}

resource "aws_vpc_security_group_ingress_rule" "dns_tcp_from_node" {
  security_group_id            = aws_security_group.node.id
  description                  = "DNS to CoreDNS pods, long answers"
  referenced_security_group_id = aws_security_group.node.id
  ip_protocol                  = "tcp"
  from_port                    = 53
  to_port                      = 53
}

resource "aws_vpc_security_group_egress_rule" "node_to_kubelet" {
  security_group_id            = aws_security_group.node.id
  description                  = "Metrics server to kubelets"
  referenced_security_group_id = aws_security_group.node.id
  ip_protocol                  = "tcp"
  from_port                    = 10250
  to_port                      = 10250
}

resource "aws_vpc_security_group_ingress_rule" "kubelet_from_node" {
  security_group_id            = aws_security_group.node.id
  description                  = "Metrics server to kubelets"
  referenced_security_group_id = aws_security_group.node.id
  ip_protocol                  = "tcp"
  from_port                    = 10250
  to_port                      = 10250
}

# -- Analysis instances to endpoints and S3

resource "aws_vpc_security_group_egress_rule" "analysis_to_endpoint" {
  security_group_id            = aws_security_group.analysis.id
  description                  = "HTTPS to interface endpoints"
  referenced_security_group_id = aws_security_group.endpoint.id
  ip_protocol                  = "tcp"
  from_port                    = 443
  to_port                      = 443
}

resource "aws_vpc_security_group_ingress_rule" "endpoint_from_analysis" {
  security_group_id            = aws_security_group.endpoint.id
  description                  = "HTTPS from analysis instances"
  referenced_security_group_id = aws_security_group.analysis.id
  ip_protocol                  = "tcp"
  from_port                    = 443
  to_port                      = 443
}

resource "aws_vpc_security_group_egress_rule" "analysis_to_s3" {
  security_group_id = aws_security_group.analysis.id
  description       = "HTTPS to S3 through its gateway endpoint"
  prefix_list_id    = aws_vpc_endpoint.s3.prefix_list_id
  ip_protocol       = "tcp"
  from_port         = 443
  to_port           = 443
}

# ====================================================================================================================
# 5  Public way in
#
# CloudFront reaches the load balancer through a VPC origin: the load balancer has no public address, so nobody can go
# around the web ACL, not even with a distribution of their own.
# ====================================================================================================================

resource "aws_route53_zone" "main" {
  #checkov:skip=CKV2_AWS_38:DNSSEC needs a DS record at the registrar, which is outside this file
  #checkov:skip=CKV2_AWS_39:Names looked up say no more than the requests that the web ACL logs
  name          = var.domain_name
  comment       = local.name
  force_destroy = !local.production
}

resource "aws_route53_record" "application" {
  for_each = toset(["A", "AAAA"])

  zone_id = aws_route53_zone.main.zone_id
  name    = var.domain_name
  type    = each.key

  alias {
    name                   = aws_cloudfront_distribution.main.domain_name
    zone_id                = aws_cloudfront_distribution.main.hosted_zone_id
    evaluate_target_health = false
  }
}

resource "aws_acm_certificate" "public" {
  provider = aws.us_east_1

  domain_name       = var.domain_name
  validation_method = "DNS"

  lifecycle { create_before_destroy = true }
}

resource "aws_acm_certificate" "origin" {
  domain_name       = var.domain_name
  validation_method = "DNS"

  lifecycle { create_before_destroy = true }
}

# One record proves the domain for both certificates: ACM asks for the same one in every region.
resource "aws_route53_record" "certificate" {
  zone_id = aws_route53_zone.main.zone_id
  name    = one(aws_acm_certificate.public.domain_validation_options).resource_record_name
  type    = one(aws_acm_certificate.public.domain_validation_options).resource_record_type
  records = [one(aws_acm_certificate.public.domain_validation_options).resource_record_value]
  ttl     = 300
}

resource "aws_acm_certificate_validation" "public" {
  provider = aws.us_east_1

  certificate_arn         = aws_acm_certificate.public.arn
  validation_record_fqdns = [aws_route53_record.certificate.fqdn]
}

resource "aws_acm_certificate_validation" "origin" {
  certificate_arn         = aws_acm_certificate.origin.arn
  validation_record_fqdns = [aws_route53_record.certificate.fqdn]
}

resource "aws_cloudfront_distribution" "main" {
  #checkov:skip=CKV_AWS_86:Every request is logged by aws_wafv2_web_acl_logging_configuration.main
  #checkov:skip=CKV_AWS_305:The web pods answer "/" themselves; there is no root object
  #checkov:skip=CKV_AWS_310:There is one origin, and it spans three zones
  #checkov:skip=CKV_AWS_374:Scientists travel; no country is to be shut out
  #checkov:skip=CKV2_AWS_32:Each behaviour names AWS's SecurityHeadersPolicy by its id
  #checkov:skip=CKV2_AWS_47:The web ACL stops Log4j; the list of anonymous addresses, also wanted, shuts out people on a VPN
  comment         = local.name
  enabled         = true
  is_ipv6_enabled = true
  http_version    = "http2and3"
  price_class     = "PriceClass_All" # the only class with edge locations in South America
  aliases         = [var.domain_name]
  web_acl_id      = aws_wafv2_web_acl.main.arn

  origin {
    origin_id   = "load-balancer"
    domain_name = aws_lb.main.dns_name

    vpc_origin_config { vpc_origin_id = aws_cloudfront_vpc_origin.main.id }
  }

  # The three policies are AWS's own: CachingDisabled, AllViewer and SecurityHeadersPolicy. AllViewer passes the Host
  # header on, which must match the load balancer's certificate.
  default_cache_behavior {
    target_origin_id           = "load-balancer"
    viewer_protocol_policy     = "redirect-to-https"
    allowed_methods            = ["GET", "HEAD", "OPTIONS", "PUT", "POST", "PATCH", "DELETE"]
    cached_methods             = ["GET", "HEAD"]
    compress                   = true
    cache_policy_id            = "4135ea2d-6df8-44a3-9df3-4b5a84be39ad"
    origin_request_policy_id   = "216adef6-5c7f-47e4-b989-5492eafa07d3"
    response_headers_policy_id = "67f7725c-6f97-4210-82d7-5512b31e9d03"
  }

  # Next.js gives these files a name that changes with their content; CachingOptimized keeps them at the edge.
  ordered_cache_behavior {
    path_pattern               = "/_next/static/*"
    target_origin_id           = "load-balancer"
    viewer_protocol_policy     = "redirect-to-https"
    allowed_methods            = ["GET", "HEAD"]
    cached_methods             = ["GET", "HEAD"]
    compress                   = true
    cache_policy_id            = "658327ea-f89d-4fab-a63d-7e88639e58f6"
    origin_request_policy_id   = "216adef6-5c7f-47e4-b989-5492eafa07d3"
    response_headers_policy_id = "67f7725c-6f97-4210-82d7-5512b31e9d03"
  }

  viewer_certificate {
    acm_certificate_arn      = aws_acm_certificate_validation.public.certificate_arn
    minimum_protocol_version = "TLSv1.2_2021"
    ssl_support_method       = "sni-only"
  }

  restrictions {
    geo_restriction { restriction_type = "none" }
  }
}

resource "aws_cloudfront_vpc_origin" "main" {
  vpc_origin_endpoint_config {
    name                   = local.name
    arn                    = aws_lb.main.arn
    http_port              = 80
    https_port             = 443
    origin_protocol_policy = "https-only"

    origin_ssl_protocols {
      items    = ["TLSv1.2"]
      quantity = 1
    }
  }
}

resource "aws_wafv2_web_acl" "main" {
  #checkov:skip=CKV_AWS_192:Rule known-bad-inputs stops Log4j; the check does not read dynamic rules
  provider = aws.us_east_1

  name        = local.name
  description = "In front of CloudFront"
  scope       = "CLOUDFRONT"

  default_action {
    allow {}
  }

  # Files do not pass here: 2,000 requests in five minutes is far above what a person causes.
  rule {
    name     = "too-many-requests"
    priority = 0

    action {
      block {}
    }

    statement {
      rate_based_statement {
        limit              = 2000
        aggregate_key_type = "IP"
      }
    }

    visibility_config {
      metric_name                = "too-many-requests"
      cloudwatch_metrics_enabled = true
      sampled_requests_enabled   = true
    }
  }

  # A sample's list of files makes a longer body than this group expects of a form.
  rule {
    name     = "common-attacks"
    priority = 1

    override_action {
      none {}
    }

    statement {
      managed_rule_group_statement {
        vendor_name = "AWS"
        name        = "AWSManagedRulesCommonRuleSet"

        rule_action_override {
          name = "SizeRestrictions_BODY"

          action_to_use {
            count {}
          }
        }
      }
    }

    visibility_config {
      metric_name                = "common-attacks"
      cloudwatch_metrics_enabled = true
      sampled_requests_enabled   = true
    }
  }

  dynamic "rule" {
    for_each = {
      known-bad-addresses = { priority = 2, group = "AWSManagedRulesAmazonIpReputationList" }
      known-bad-inputs    = { priority = 3, group = "AWSManagedRulesKnownBadInputsRuleSet" }
      sql-injection       = { priority = 4, group = "AWSManagedRulesSQLiRuleSet" }
    }

    content {
      name     = rule.key
      priority = rule.value.priority

      override_action {
        none {}
      }

      statement {
        managed_rule_group_statement {
          vendor_name = "AWS"
          name        = rule.value.group
        }
      }

      visibility_config {
        metric_name                = rule.key
        cloudwatch_metrics_enabled = true
        sampled_requests_enabled   = true
      }
    }
  }

  visibility_config {
    metric_name                = local.name
    cloudwatch_metrics_enabled = true
    sampled_requests_enabled   = true
  }
}

resource "aws_wafv2_web_acl_logging_configuration" "main" {
  provider = aws.us_east_1

  resource_arn            = aws_wafv2_web_acl.main.arn
  log_destination_configs = [aws_cloudwatch_log_group.web_acl.arn]

  redacted_fields {
    single_header { name = "authorization" }
  }

  redacted_fields {
    single_header { name = "cookie" }
  }
}

resource "aws_lb" "main" {
  #checkov:skip=CKV_AWS_150:On in production; staging must be destroyable
  name                       = local.name
  internal                   = true
  load_balancer_type         = "application"
  subnets                    = [for subnet in aws_subnet.private : subnet.id]
  security_groups            = [aws_security_group.load_balancer.id]
  drop_invalid_header_fields = true
  enable_deletion_protection = local.production

  access_logs {
    bucket  = aws_s3_bucket.logs.bucket
    prefix  = "load-balancer"
    enabled = true
  }

  depends_on = [aws_s3_bucket_policy.logs]
}

resource "aws_lb_listener" "https" {
  load_balancer_arn = aws_lb.main.arn
  port              = 443
  protocol          = "HTTPS"
  ssl_policy        = "ELBSecurityPolicy-TLS13-1-2-2021-06"
  certificate_arn   = aws_acm_certificate_validation.origin.certificate_arn

  default_action {
    type             = "forward"
    target_group_arn = aws_lb_target_group.web.arn
  }
}

resource "aws_lb_listener_rule" "api" {
  listener_arn = aws_lb_listener.https.arn
  priority     = 1

  action {
    type             = "forward"
    target_group_arn = aws_lb_target_group.api.arn
  }

  condition {
    path_pattern { values = ["/api/*"] }
  }
}

# The load balancer controller keeps both groups filled with the addresses of ready pods.
resource "aws_lb_target_group" "web" {
  #checkov:skip=CKV_AWS_378:TLS ends at the load balancer; the last hop stays between two security groups
  name                 = "${local.name}-web"
  vpc_id               = aws_vpc.main.id
  target_type          = "ip"
  protocol             = "HTTP"
  port                 = 3000
  deregistration_delay = 30

  health_check {
    path                = "/healthz"
    interval            = 10
    timeout             = 5
    healthy_threshold   = 2
    unhealthy_threshold = 3
  }
}

resource "aws_lb_target_group" "api" {
  #checkov:skip=CKV_AWS_378:TLS ends at the load balancer; the last hop stays between two security groups
  name                 = "${local.name}-api"
  vpc_id               = aws_vpc.main.id
  target_type          = "ip"
  protocol             = "HTTP"
  port                 = 8000
  deregistration_delay = 30

  health_check {
    path                = "/api/healthz"
    interval            = 10
    timeout             = 5
    healthy_threshold   = 2
    unhealthy_threshold = 3
  }
}

# ====================================================================================================================
# 6  Sign-in
# ====================================================================================================================

resource "aws_cognito_user_pool" "main" {
  name                     = local.name
  username_attributes      = ["email"]
  auto_verified_attributes = ["email"]
  mfa_configuration        = "ON"
  deletion_protection      = local.production ? "ACTIVE" : "INACTIVE"

  software_token_mfa_configuration { enabled = true }

  # An administrator invites people; nobody signs up from the street.
  admin_create_user_config { allow_admin_create_user_only = true }

  password_policy {
    minimum_length                   = 14
    require_lowercase                = true
    require_uppercase                = true
    require_numbers                  = true
    require_symbols                  = true
    temporary_password_validity_days = 3
  }

  account_recovery_setting {
    recovery_mechanism {
      name     = "verified_email"
      priority = 1
    }
  }
}

# The browser is a public client: it proves itself by a one-time code (PKCE), not by a secret it could not keep.
resource "aws_cognito_user_pool_client" "web" {
  name                                 = "web"
  user_pool_id                         = aws_cognito_user_pool.main.id
  generate_secret                      = false
  supported_identity_providers         = ["COGNITO"]
  allowed_oauth_flows_user_pool_client = true
  allowed_oauth_flows                  = ["code"]
  allowed_oauth_scopes                 = ["openid", "email", "profile"]
  callback_urls                        = ["https://${var.domain_name}/signed-in"]
  logout_urls                          = ["https://${var.domain_name}/"]
  explicit_auth_flows                  = ["ALLOW_REFRESH_TOKEN_AUTH", "ALLOW_USER_SRP_AUTH"]
  prevent_user_existence_errors        = "ENABLED"
  enable_token_revocation              = true
  access_token_validity                = 60
  id_token_validity                    = 60
  refresh_token_validity               = 1

  token_validity_units {
    access_token  = "minutes"
    id_token      = "minutes"
    refresh_token = "days"
  }
}

resource "aws_cognito_user_pool_domain" "main" {
  domain       = "${local.name}-${local.account_id}"
  user_pool_id = aws_cognito_user_pool.main.id
}

# ====================================================================================================================
# 7  Cluster
# ====================================================================================================================

resource "aws_eks_cluster" "main" {
  #checkov:skip=CKV_AWS_38:var.kubernetes_api_cidrs refuses a range that is everyone's
  #checkov:skip=CKV_AWS_39:GitHub's runners deploy through the public endpoint, open to var.kubernetes_api_cidrs alone
  name                      = local.name
  version                   = var.kubernetes_version
  role_arn                  = aws_iam_role.cluster.arn
  enabled_cluster_log_types = ["api", "audit", "authenticator", "controllerManager", "scheduler"]

  access_config {
    authentication_mode                         = "API"
    bootstrap_cluster_creator_admin_permissions = false
  }

  encryption_config {
    resources = ["secrets"]

    provider { key_arn = aws_kms_key.data.arn }
  }

  vpc_config {
    subnet_ids              = [for subnet in aws_subnet.private : subnet.id]
    security_group_ids      = [aws_security_group.cluster.id]
    endpoint_private_access = true
    endpoint_public_access  = true
    public_access_cidrs     = var.kubernetes_api_cidrs
  }

  depends_on = [aws_cloudwatch_log_group.main, aws_iam_role_policy_attachment.cluster]
}

resource "aws_iam_role" "cluster" {
  name               = "${local.name}-cluster"
  assume_role_policy = data.aws_iam_policy_document.service["eks"].json
}

resource "aws_iam_role_policy_attachment" "cluster" {
  role       = aws_iam_role.cluster.name
  policy_arn = data.aws_iam_policy.managed["AmazonEKSClusterPolicy"].arn
}

resource "aws_eks_node_group" "main" {
  cluster_name    = aws_eks_cluster.main.name
  node_group_name = local.name
  node_role_arn   = aws_iam_role.node.arn
  subnet_ids      = [for subnet in aws_subnet.private : subnet.id]
  instance_types  = [var.node_instance_type]
  ami_type        = "AL2023_x86_64_STANDARD"
  version         = var.kubernetes_version

  launch_template {
    id      = aws_launch_template.node.id
    version = aws_launch_template.node.latest_version
  }

  scaling_config {
    min_size     = var.node_count.min
    desired_size = var.node_count.min
    max_size     = var.node_count.max
  }

  update_config { max_unavailable_percentage = 33 }

  # The cluster autoscaler moves the desired size between the other two.
  lifecycle { ignore_changes = [scaling_config[0].desired_size] }

  depends_on = [
    aws_iam_role_policy_attachment.node,
    aws_iam_role_policy_attachment.node_network,
    aws_iam_role_policy_attachment.node_images,
  ]
}

resource "aws_launch_template" "node" {
  name                   = "${local.name}-node"
  update_default_version = true
  vpc_security_group_ids = [aws_security_group.node.id]

  # One hop: a pod cannot fetch the node's credentials.
  metadata_options {
    http_tokens                 = "required"
    http_put_response_hop_limit = 1
  }

  block_device_mappings {
    device_name = "/dev/xvda"

    ebs {
      volume_type = "gp3"
      volume_size = 50
      encrypted   = true
    }
  }

  tag_specifications {
    resource_type = "instance"
    tags          = merge(local.tags, { Name = "${local.name}-node" })
  }
}

resource "aws_iam_role" "node" {
  name               = "${local.name}-node"
  assume_role_policy = data.aws_iam_policy_document.service["ec2"].json
}

resource "aws_iam_role_policy_attachment" "node" {
  role       = aws_iam_role.node.name
  policy_arn = data.aws_iam_policy.managed["AmazonEKSWorkerNodePolicy"].arn
}

resource "aws_iam_role_policy_attachment" "node_network" {
  role       = aws_iam_role.node.name
  policy_arn = data.aws_iam_policy.managed["AmazonEKS_CNI_Policy"].arn
}

resource "aws_iam_role_policy_attachment" "node_images" {
  role       = aws_iam_role.node.name
  policy_arn = data.aws_iam_policy.managed["AmazonEC2ContainerRegistryPullOnly"].arn
}

resource "aws_eks_addon" "main" {
  for_each = {
    vpc-cni                = { enableNetworkPolicy = "true" } # without it Kubernetes' network policies stop nothing
    kube-proxy             = {}
    coredns                = {}
    eks-pod-identity-agent = {}
    metrics-server         = {}
  }

  cluster_name                = aws_eks_cluster.main.name
  addon_name                  = each.key
  configuration_values        = jsonencode(each.value)
  resolve_conflicts_on_create = "OVERWRITE"
  resolve_conflicts_on_update = "OVERWRITE"

  depends_on = [aws_eks_node_group.main]
}

# The pipeline installs controllers and definitions for the whole cluster. Nobody else has standing access.
resource "aws_eks_access_entry" "deploy" {
  cluster_name  = aws_eks_cluster.main.name
  principal_arn = aws_iam_role.deploy.arn
}

resource "aws_eks_access_policy_association" "deploy" {
  cluster_name  = aws_eks_cluster.main.name
  principal_arn = aws_eks_access_entry.deploy.principal_arn
  policy_arn    = "arn:aws:eks::aws:cluster-access-policy/AmazonEKSClusterAdminPolicy"

  access_scope { type = "cluster" }
}

# ====================================================================================================================
# 8  Pod roles
#
# One role a service account. The web pods' role grants nothing: they serve pages, and the API does the rest.
# ====================================================================================================================

data "aws_iam_policy_document" "pod" {
  statement {
    sid     = "PodTakesRole"
    actions = ["sts:AssumeRole", "sts:TagSession"]

    principals {
      type        = "Service"
      identifiers = ["pods.eks.amazonaws.com"]
    }
  }
}

resource "aws_iam_role" "web" {
  name               = "${local.name}-web"
  assume_role_policy = data.aws_iam_policy_document.pod.json
}

resource "aws_eks_pod_identity_association" "web" {
  cluster_name    = aws_eks_cluster.main.name
  namespace       = "biotech-x"
  service_account = "web"
  role_arn        = aws_iam_role.web.arn
}

resource "aws_iam_role" "api" {
  name               = "${local.name}-api"
  assume_role_policy = data.aws_iam_policy_document.pod.json
}

resource "aws_eks_pod_identity_association" "api" {
  cluster_name    = aws_eks_cluster.main.name
  namespace       = "biotech-x"
  service_account = "api"
  role_arn        = aws_iam_role.api.arn
}

resource "aws_iam_role_policy" "api" {
  name   = "api"
  role   = aws_iam_role.api.name
  policy = data.aws_iam_policy_document.api.json
}

# A presigned URL can do what its signer may do, so these are also the browser's permissions on files.
data "aws_iam_policy_document" "api" {
  statement {
    sid       = "SignUploads"
    actions   = ["s3:PutObject"]
    resources = ["${aws_s3_bucket.uploads.arn}/*"]
  }

  statement {
    sid       = "SignDownloads"
    actions   = ["s3:GetObject"]
    resources = ["${aws_s3_bucket.results.arn}/*"]
  }

  # S3 needs both to join a multipart upload under this key.
  statement {
    sid       = "UseDataKey"
    actions   = ["kms:GenerateDataKey", "kms:Decrypt"]
    resources = [aws_kms_key.data.arn]
  }

  statement {
    sid       = "StartAnalysis"
    actions   = ["states:StartExecution"]
    resources = [aws_sfn_state_machine.analysis.arn]
  }

  statement {
    sid       = "TakeOutcomes"
    actions   = ["sqs:ReceiveMessage", "sqs:DeleteMessage"]
    resources = [aws_sqs_queue.outcome.arn]
  }

  # As the database user "api", by a token of 15 minutes: no password to keep or rotate.
  statement {
    sid       = "ConnectToDatabase"
    actions   = ["rds-db:connect"]
    resources = ["arn:aws:rds-db:${var.region}:${local.account_id}:dbuser:${aws_db_instance.main.resource_id}/api"]
  }
}

# Before each release a job brings the schema up to date and makes sure of the user "api"; it alone reads the master
# password.
resource "aws_iam_role" "migration" {
  name               = "${local.name}-migration"
  assume_role_policy = data.aws_iam_policy_document.pod.json
}

resource "aws_eks_pod_identity_association" "migration" {
  cluster_name    = aws_eks_cluster.main.name
  namespace       = "biotech-x"
  service_account = "migration"
  role_arn        = aws_iam_role.migration.arn
}

resource "aws_iam_role_policy" "migration" {
  name   = "migration"
  role   = aws_iam_role.migration.name
  policy = data.aws_iam_policy_document.migration.json
}

data "aws_iam_policy_document" "migration" {
  statement {
    sid       = "ReadMasterPassword"
    actions   = ["secretsmanager:GetSecretValue"]
    resources = [aws_db_instance.main.master_user_secret[0].secret_arn]
  }

  statement {
    sid       = "UseDataKey"
    actions   = ["kms:Decrypt"]
    resources = [aws_kms_key.data.arn]
  }
}

# Keeps the two target groups filled. It makes no load balancers: TargetGroupBinding objects name ours.
resource "aws_iam_role" "load_balancer_controller" {
  name               = "${local.name}-load-balancer-controller"
  assume_role_policy = data.aws_iam_policy_document.pod.json
}

resource "aws_eks_pod_identity_association" "load_balancer_controller" {
  cluster_name    = aws_eks_cluster.main.name
  namespace       = "kube-system"
  service_account = "aws-load-balancer-controller"
  role_arn        = aws_iam_role.load_balancer_controller.arn
}

resource "aws_iam_role_policy" "load_balancer_controller" {
  name   = "load-balancer-controller"
  role   = aws_iam_role.load_balancer_controller.name
  policy = data.aws_iam_policy_document.load_balancer_controller.json
}

data "aws_iam_policy_document" "load_balancer_controller" {
  #checkov:skip=CKV_AWS_356:EC2's and load balancing's Describe actions take no resource
  statement {
    sid = "LookAround"
    actions = [
      "ec2:DescribeAvailabilityZones",
      "ec2:DescribeInstances",
      "ec2:DescribeNetworkInterfaces",
      "ec2:DescribeSecurityGroups",
      "ec2:DescribeSubnets",
      "ec2:DescribeVpcs",
      "elasticloadbalancing:DescribeTargetGroupAttributes",
      "elasticloadbalancing:DescribeTargetGroups",
      "elasticloadbalancing:DescribeTargetHealth",
    ]
    resources = ["*"]
  }

  statement {
    sid       = "RegisterPods"
    actions   = ["elasticloadbalancing:RegisterTargets", "elasticloadbalancing:DeregisterTargets"]
    resources = [aws_lb_target_group.web.arn, aws_lb_target_group.api.arn]
  }
}

# Adds nodes when pods wait for room, and takes empty ones away.
resource "aws_iam_role" "cluster_autoscaler" {
  name               = "${local.name}-cluster-autoscaler"
  assume_role_policy = data.aws_iam_policy_document.pod.json
}

resource "aws_eks_pod_identity_association" "cluster_autoscaler" {
  cluster_name    = aws_eks_cluster.main.name
  namespace       = "kube-system"
  service_account = "cluster-autoscaler"
  role_arn        = aws_iam_role.cluster_autoscaler.arn
}

resource "aws_iam_role_policy" "cluster_autoscaler" {
  name   = "cluster-autoscaler"
  role   = aws_iam_role.cluster_autoscaler.name
  policy = data.aws_iam_policy_document.cluster_autoscaler.json
}

data "aws_iam_policy_document" "cluster_autoscaler" {
  #checkov:skip=CKV_AWS_356:Auto Scaling's and EC2's Describe actions take no resource
  statement {
    sid = "LookAround"
    actions = [
      "autoscaling:DescribeAutoScalingGroups",
      "autoscaling:DescribeAutoScalingInstances",
      "autoscaling:DescribeScalingActivities",
      "autoscaling:DescribeTags",
      "ec2:DescribeInstanceTypes",
      "ec2:DescribeLaunchTemplateVersions",
    ]
    resources = ["*"]
  }

  statement {
    sid       = "ReadNodeGroup"
    actions   = ["eks:DescribeNodegroup"]
    resources = [aws_eks_node_group.main.arn]
  }

  # EKS names a node group's Auto Scaling group eks-<node group>-<random>.
  statement {
    sid       = "ScaleNodeGroup"
    actions   = ["autoscaling:SetDesiredCapacity", "autoscaling:TerminateInstanceInAutoScalingGroup"]
    resources = ["arn:aws:autoscaling:${var.region}:${local.account_id}:autoScalingGroup:*:autoScalingGroupName/eks-${local.name}-*"]
  }
}

# Ships what the pods print.
resource "aws_iam_role" "log_shipper" {
  name               = "${local.name}-log-shipper"
  assume_role_policy = data.aws_iam_policy_document.pod.json
}

resource "aws_eks_pod_identity_association" "log_shipper" {
  cluster_name    = aws_eks_cluster.main.name
  namespace       = "kube-system"
  service_account = "fluent-bit"
  role_arn        = aws_iam_role.log_shipper.arn
}

resource "aws_iam_role_policy" "log_shipper" {
  name   = "log-shipper"
  role   = aws_iam_role.log_shipper.name
  policy = data.aws_iam_policy_document.log_shipper.json
}

data "aws_iam_policy_document" "log_shipper" {
  statement {
    sid       = "WritePodLogs"
    actions   = ["logs:CreateLogStream", "logs:PutLogEvents"]
    resources = ["${aws_cloudwatch_log_group.main["pods"].arn}:*"]
  }
}

# ====================================================================================================================
# 9  Database
# ====================================================================================================================

resource "aws_db_instance" "main" {
  #checkov:skip=CKV_AWS_293:On in production; staging must be destroyable
  identifier                          = local.name
  engine                              = "postgres"
  engine_version                      = "17"
  instance_class                      = var.database_instance_class
  db_name                             = "biotechx"
  username                            = "postgres"
  manage_master_user_password         = true
  master_user_secret_kms_key_id       = aws_kms_key.data.arn
  iam_database_authentication_enabled = true

  multi_az               = true
  db_subnet_group_name   = aws_db_subnet_group.main.name
  vpc_security_group_ids = [aws_security_group.database.id]
  parameter_group_name   = aws_db_parameter_group.main.name

  storage_type          = "gp3"
  allocated_storage     = 50
  max_allocated_storage = 500
  storage_encrypted     = true
  kms_key_id            = aws_kms_key.data.arn

  backup_retention_period    = 35
  delete_automated_backups   = !local.production
  copy_tags_to_snapshot      = true
  auto_minor_version_upgrade = true
  deletion_protection        = local.production
  skip_final_snapshot        = !local.production
  final_snapshot_identifier  = "${local.name}-final"

  enabled_cloudwatch_logs_exports = ["postgresql"]
  monitoring_interval             = 60
  monitoring_role_arn             = aws_iam_role.database_monitoring.arn
  performance_insights_enabled    = true
  performance_insights_kms_key_id = aws_kms_key.data.arn

  depends_on = [aws_cloudwatch_log_group.main]
}

resource "aws_db_subnet_group" "main" {
  name        = local.name
  description = "One subnet a zone, with no way to the internet"
  subnet_ids  = [for subnet in aws_subnet.database : subnet.id]
}

resource "aws_db_parameter_group" "main" {
  name        = "${local.name}-postgres17"
  family      = "postgres17"
  description = "TLS only; connections, schema changes and slow statements are logged"

  parameter {
    name  = "rds.force_ssl"
    value = "1"
  }

  parameter {
    name  = "log_connections"
    value = "1"
  }

  parameter {
    name  = "log_statement"
    value = "ddl"
  }

  parameter {
    name  = "log_min_duration_statement"
    value = "1000" # milliseconds
  }

  lifecycle { create_before_destroy = true }
}

resource "aws_iam_role" "database_monitoring" {
  name               = "${local.name}-database-monitoring"
  assume_role_policy = data.aws_iam_policy_document.service["monitoring.rds"].json
}

resource "aws_iam_role_policy_attachment" "database_monitoring" {
  role       = aws_iam_role.database_monitoring.name
  policy_arn = data.aws_iam_policy.managed["service-role/AmazonRDSEnhancedMonitoringRole"].arn
}

# ====================================================================================================================
# 10  Storage
#
# S3 acts at the midnight (UTC) after a file's age reaches a rule's days, so "365" keeps a file at least 365 full days.
# With versioning, expiry first hides a file behind a delete marker; the day after, the bytes go, then the marker.
# STANDARD_IA and GLACIER_IR answer in milliseconds: no class below needs a restore.
# ====================================================================================================================

resource "aws_s3_bucket" "uploads" {
  #checkov:skip=CKV_AWS_18:aws_cloudtrail.main records every call on its objects
  #checkov:skip=CKV_AWS_144:S3 keeps each file in three zones; no second region is asked for
  #checkov:skip=CKV2_AWS_62:Nothing waits for a file: the API starts an analysis when all of a sample's are there
  bucket        = "${local.name}-uploads-${local.account_id}"
  force_destroy = !local.production
}

resource "aws_s3_bucket_versioning" "uploads" {
  bucket = aws_s3_bucket.uploads.bucket

  versioning_configuration { status = "Enabled" }
}

resource "aws_s3_bucket_public_access_block" "uploads" {
  bucket                  = aws_s3_bucket.uploads.bucket
  block_public_acls       = true
  block_public_policy     = true
  ignore_public_acls      = true
  restrict_public_buckets = true
}

resource "aws_s3_bucket_server_side_encryption_configuration" "uploads" {
  bucket = aws_s3_bucket.uploads.bucket

  rule {
    bucket_key_enabled = true

    apply_server_side_encryption_by_default {
      sse_algorithm     = "aws:kms"
      kms_master_key_id = aws_kms_key.data.arn
    }
  }
}

resource "aws_s3_bucket_policy" "uploads" {
  bucket = aws_s3_bucket.uploads.bucket
  policy = data.aws_iam_policy_document.uploads.json
}

data "aws_iam_policy_document" "uploads" {
  statement {
    sid       = "TlsOnly"
    effect    = "Deny"
    actions   = ["s3:*"]
    resources = [aws_s3_bucket.uploads.arn, "${aws_s3_bucket.uploads.arn}/*"]

    principals {
      type        = "AWS"
      identifiers = ["*"]
    }

    condition {
      test     = "Bool"
      variable = "aws:SecureTransport"
      values   = ["false"]
    }
  }
}

# The browser sends a file's parts with presigned PUTs and reads back each part's ETag to join them.
resource "aws_s3_bucket_cors_configuration" "uploads" {
  bucket = aws_s3_bucket.uploads.bucket

  cors_rule {
    allowed_origins = ["https://${var.domain_name}"]
    allowed_methods = ["PUT"]
    allowed_headers = ["content-type"]
    expose_headers  = ["ETag"]
    max_age_seconds = 3600
  }
}

resource "aws_s3_bucket_lifecycle_configuration" "uploads" {
  bucket = aws_s3_bucket.uploads.bucket

  rule {
    id     = "immediate-access-for-365-days-then-gone"
    status = "Enabled"

    filter {}

    # Read once by its analysis, then seldom. 335 days remain, more than the class's minimum of 30.
    transition {
      days          = 30
      storage_class = "STANDARD_IA"
    }

    expiration { days = 365 }

    noncurrent_version_expiration { noncurrent_days = 1 }
  }

  rule {
    id     = "leave-nothing-behind"
    status = "Enabled"

    filter {}

    expiration { expired_object_delete_marker = true }

    abort_incomplete_multipart_upload { days_after_initiation = 7 }
  }

  depends_on = [aws_s3_bucket_versioning.uploads]
}

# Counts requests, so that an alarm can tell of those that fail.
resource "aws_s3_bucket_metric" "uploads" {
  bucket = aws_s3_bucket.uploads.bucket
  name   = "requests"
}

resource "aws_s3_bucket" "results" {
  #checkov:skip=CKV_AWS_18:aws_cloudtrail.main records every call on its objects
  #checkov:skip=CKV_AWS_144:S3 keeps each file in three zones; no second region is asked for
  #checkov:skip=CKV2_AWS_62:Nothing waits for a file: the state machine says when an analysis has ended
  bucket        = "${local.name}-results-${local.account_id}"
  force_destroy = !local.production
}

resource "aws_s3_bucket_versioning" "results" {
  bucket = aws_s3_bucket.results.bucket

  versioning_configuration { status = "Enabled" }
}

resource "aws_s3_bucket_public_access_block" "results" {
  bucket                  = aws_s3_bucket.results.bucket
  block_public_acls       = true
  block_public_policy     = true
  ignore_public_acls      = true
  restrict_public_buckets = true
}

resource "aws_s3_bucket_server_side_encryption_configuration" "results" {
  bucket = aws_s3_bucket.results.bucket

  rule {
    bucket_key_enabled = true

    apply_server_side_encryption_by_default {
      sse_algorithm     = "aws:kms"
      kms_master_key_id = aws_kms_key.data.arn
    }
  }
}

resource "aws_s3_bucket_policy" "results" {
  bucket = aws_s3_bucket.results.bucket
  policy = data.aws_iam_policy_document.results.json
}

data "aws_iam_policy_document" "results" {
  statement {
    sid       = "TlsOnly"
    effect    = "Deny"
    actions   = ["s3:*"]
    resources = [aws_s3_bucket.results.arn, "${aws_s3_bucket.results.arn}/*"]

    principals {
      type        = "AWS"
      identifiers = ["*"]
    }

    condition {
      test     = "Bool"
      variable = "aws:SecureTransport"
      values   = ["false"]
    }
  }
}

resource "aws_s3_bucket_lifecycle_configuration" "results" {
  bucket = aws_s3_bucket.results.bucket

  # Five calendar years hold at most two leap days: 5 * 365 + 2 = 1827 days.
  rule {
    id     = "readable-for-five-calendar-years"
    status = "Enabled"

    filter {}

    transition {
      days          = 90
      storage_class = "STANDARD_IA"
    }

    transition {
      days          = 365
      storage_class = "GLACIER_IR"
    }

    expiration { days = 1827 }

    # A month to undo a deletion made by mistake.
    noncurrent_version_expiration { noncurrent_days = 30 }
  }

  rule {
    id     = "leave-nothing-behind"
    status = "Enabled"

    filter {}

    expiration { expired_object_delete_marker = true }

    abort_incomplete_multipart_upload { days_after_initiation = 7 }
  }

  depends_on = [aws_s3_bucket_versioning.results]
}

# Counts requests, so that an alarm can tell of those that fail.
resource "aws_s3_bucket_metric" "results" {
  bucket = aws_s3_bucket.results.bucket
  name   = "requests"
}

# ====================================================================================================================
# 11  Registries
# ====================================================================================================================

resource "aws_ecr_repository" "main" {
  for_each = toset(["web", "api", "analysis"])

  name                 = "${local.name}/${each.key}"
  image_tag_mutability = "IMMUTABLE"
  force_delete         = !local.production

  image_scanning_configuration { scan_on_push = true }

  encryption_configuration {
    encryption_type = "KMS"
    kms_key         = aws_kms_key.data.arn
  }
}

resource "aws_ecr_lifecycle_policy" "main" {
  for_each = aws_ecr_repository.main

  repository = each.value.name
  policy = jsonencode({
    rules = [{
      rulePriority = 1
      description  = "Keep the last hundred images to roll back to"
      selection    = { tagStatus = "any", countType = "imageCountMoreThan", countNumber = 100 }
      action       = { type = "expire" }
    }]
  })
}

# ====================================================================================================================
# 12  Analysis
#
# Input, from the API:  {"analysis": "...", "user": "...", "sample": "...", "files": ["...", ...]}, up to 1,000 files.
# Upload read by a job: <user>/<sample>/<file>. Result written: <user>/<analysis>/<file>.json.
# "user" is the user's id without hyphens: a share identifier of Batch takes letters and digits only.
# ====================================================================================================================

resource "aws_sfn_state_machine" "analysis" {
  #checkov:skip=CKV_AWS_284:An execution's own history times each step; there is no further service to trace into
  name     = "${local.name}-analysis"
  role_arn = aws_iam_role.state_machine.arn

  definition = jsonencode({
    Comment = "Analyse each file of a sample, then tell how it ended."
    StartAt = "AnalyseFiles"
    States = {
      AnalyseFiles = {
        Type           = "Map"
        ItemsPath      = "$.files"
        MaxConcurrency = 40 # the most that Step Functions runs at once in this mode; Batch queues the rest
        ItemSelector = {
          "analysis.$" = "$.analysis"
          "user.$"     = "$.user"
          "sample.$"   = "$.sample"
          "file.$"     = "$$.Map.Item.Value"
        }
        ItemProcessor = {
          ProcessorConfig = { Mode = "INLINE" }
          StartAt         = "AnalyseFile"
          States = {
            AnalyseFile = {
              Type     = "Task"
              Resource = "arn:aws:states:::batch:submitJob.sync"
              Parameters = {
                "JobName.$"         = "$.analysis"
                JobQueue            = aws_batch_job_queue.analysis.arn
                JobDefinition       = aws_batch_job_definition.analysis.arn
                "ShareIdentifier.$" = "$.user"
                ContainerOverrides = {
                  Environment = [
                    { Name = "INPUT", "Value.$" = "States.Format('s3://${aws_s3_bucket.uploads.bucket}/{}/{}/{}', $.user, $.sample, $.file)" },
                    { Name = "OUTPUT", "Value.$" = "States.Format('s3://${aws_s3_bucket.results.bucket}/{}/{}/{}.json', $.user, $.analysis, $.file)" },
                  ]
                }
              }
              TimeoutSeconds = 86400
              # A refused request is tried again. A job that fails is not: it had its own retries.
              Retry          = [{ ErrorEquals = ["Batch.AWSBatchException"], IntervalSeconds = 5, MaxAttempts = 5, BackoffRate = 2, JitterStrategy = "FULL" }]
              ResultSelector = { "job.$" = "$.JobId" }
              End            = true
            }
          }
        }
        ResultPath = null
        Catch      = [{ ErrorEquals = ["States.ALL"], ResultPath = "$.failure", Next = "TellFailure" }]
        Next       = "TellSuccess"
      }
      TellSuccess = {
        Type     = "Task"
        Resource = "arn:aws:states:::sns:publish"
        Parameters = {
          TopicArn = aws_sns_topic.outcome.arn
          Message  = { "analysis.$" = "$.analysis", "user.$" = "$.user", "sample.$" = "$.sample", status = "succeeded" }
        }
        Retry = [{ ErrorEquals = ["States.ALL"], IntervalSeconds = 5, MaxAttempts = 5, BackoffRate = 2 }]
        End   = true
      }
      TellFailure = {
        Type     = "Task"
        Resource = "arn:aws:states:::sns:publish"
        Parameters = {
          TopicArn = aws_sns_topic.outcome.arn
          Message  = { "analysis.$" = "$.analysis", "user.$" = "$.user", "sample.$" = "$.sample", status = "failed", "error.$" = "$.failure.Error" }
        }
        Retry = [{ ErrorEquals = ["States.ALL"], IntervalSeconds = 5, MaxAttempts = 5, BackoffRate = 2 }]
        Next  = "Failed"
      }
      Failed = {
        Type  = "Fail"
        Error = "AnalysisFailed"
        Cause = "A file could not be analysed; its job's log says why."
      }
    }
  })

  logging_configuration {
    level                  = "ERROR"
    include_execution_data = true
    log_destination        = "${aws_cloudwatch_log_group.main["state_machine"].arn}:*"
  }

  depends_on = [aws_iam_role_policy.state_machine]
}

resource "aws_iam_role" "state_machine" {
  name               = "${local.name}-state-machine"
  assume_role_policy = data.aws_iam_policy_document.service["states"].json
}

resource "aws_iam_role_policy" "state_machine" {
  name   = "state-machine"
  role   = aws_iam_role.state_machine.name
  policy = data.aws_iam_policy_document.state_machine.json
}

data "aws_iam_policy_document" "state_machine" {
  #checkov:skip=CKV_AWS_111:Setting up log delivery takes no resource
  #checkov:skip=CKV_AWS_356:batch:DescribeJobs and setting up log delivery take no resource
  statement {
    sid       = "SubmitJobs"
    actions   = ["batch:SubmitJob"]
    resources = [aws_batch_job_queue.analysis.arn, "${aws_batch_job_definition.analysis.arn_prefix}:*"]
  }

  # ".sync" waits for a job through a rule of this fixed name, asks how it stands, and stops it when it is stopped.
  statement {
    sid       = "WaitForJobs"
    actions   = ["events:PutRule", "events:PutTargets", "events:DescribeRule"]
    resources = ["arn:aws:events:${var.region}:${local.account_id}:rule/StepFunctionsGetEventsForBatchJobsRule"]
  }

  statement {
    sid       = "AskForJobs"
    actions   = ["batch:DescribeJobs"]
    resources = ["*"]
  }

  statement {
    sid       = "StopJobs"
    actions   = ["batch:TerminateJob"]
    resources = ["arn:aws:batch:${var.region}:${local.account_id}:job/*"]
  }

  statement {
    sid       = "TellOutcome"
    actions   = ["sns:Publish"]
    resources = [aws_sns_topic.outcome.arn]
  }

  statement {
    sid       = "UseDataKey"
    actions   = ["kms:GenerateDataKey", "kms:Decrypt"]
    resources = [aws_kms_key.data.arn]
  }

  statement {
    sid = "SetUpLog"
    actions = [
      "logs:CreateLogDelivery",
      "logs:DeleteLogDelivery",
      "logs:DescribeLogGroups",
      "logs:DescribeResourcePolicies",
      "logs:GetLogDelivery",
      "logs:ListLogDeliveries",
      "logs:PutResourcePolicy",
      "logs:UpdateLogDelivery",
    ]
    resources = ["*"]
  }
}

# Spot while there is some; on demand for what finds none.
resource "aws_batch_job_queue" "analysis" {
  name                  = "${local.name}-analysis"
  state                 = "ENABLED"
  priority              = 1
  scheduling_policy_arn = aws_batch_scheduling_policy.fair_share.arn

  compute_environment_order {
    order               = 1
    compute_environment = aws_batch_compute_environment.spot.arn
  }

  compute_environment_order {
    order               = 2
    compute_environment = aws_batch_compute_environment.on_demand.arn
  }
}

# Each user is a share of equal weight. What a user used within the last hour counts against the next job, and up to a
# tenth of the capacity waits for whoever comes next: a sample of a thousand files does not hold up a sample of three.
resource "aws_batch_scheduling_policy" "fair_share" {
  name = "${local.name}-fair-share"

  fair_share_policy {
    share_decay_seconds = 3600
    compute_reservation = 10
  }
}

resource "aws_batch_compute_environment" "spot" {
  compute_environment_name = "${local.name}-spot"
  type                     = "MANAGED"
  service_role             = aws_iam_role.batch.arn

  compute_resources {
    type                = "SPOT"
    allocation_strategy = "SPOT_PRICE_CAPACITY_OPTIMIZED"
    min_vcpus           = 0
    max_vcpus           = var.analysis_max_vcpus
    instance_type       = ["m6i", "m5", "r6i"] # four GiB a vCPU or more, as a job asks: on less, vCPUs would idle
    instance_role       = aws_iam_instance_profile.analysis_instance.arn
    subnets             = [for subnet in aws_subnet.private : subnet.id]
    security_group_ids  = [aws_security_group.analysis.id]

    launch_template {
      launch_template_id = aws_launch_template.analysis.id
      version            = "$Latest"
    }
  }

  depends_on = [aws_iam_role_policy_attachment.batch]
}

resource "aws_batch_compute_environment" "on_demand" {
  compute_environment_name = "${local.name}-on-demand"
  type                     = "MANAGED"
  service_role             = aws_iam_role.batch.arn

  compute_resources {
    type                = "EC2"
    allocation_strategy = "BEST_FIT_PROGRESSIVE"
    min_vcpus           = 0
    max_vcpus           = var.analysis_max_vcpus
    instance_type       = ["m6i"]
    instance_role       = aws_iam_instance_profile.analysis_instance.arn
    subnets             = [for subnet in aws_subnet.private : subnet.id]
    security_group_ids  = [aws_security_group.analysis.id]

    launch_template {
      launch_template_id = aws_launch_template.analysis.id
      version            = "$Latest"
    }
  }

  depends_on = [aws_iam_role_policy_attachment.batch]
}

resource "aws_launch_template" "analysis" {
  name                   = "${local.name}-analysis"
  update_default_version = true

  # By token only. Batch runs a job in its instance's own network, so one hop does not keep it from this.
  metadata_options {
    http_tokens                 = "required"
    http_put_response_hop_limit = 1
  }

  block_device_mappings {
    device_name = "/dev/xvda"

    ebs {
      volume_type = "gp3"
      volume_size = 100
      encrypted   = true
    }
  }
}

resource "aws_iam_role" "batch" {
  name               = "${local.name}-batch"
  assume_role_policy = data.aws_iam_policy_document.service["batch"].json
}

resource "aws_iam_role_policy_attachment" "batch" {
  role       = aws_iam_role.batch.name
  policy_arn = data.aws_iam_policy.managed["service-role/AWSBatchServiceRole"].arn
}

resource "aws_iam_role" "analysis_instance" {
  name               = "${local.name}-analysis-instance"
  assume_role_policy = data.aws_iam_policy_document.service["ec2"].json
}

resource "aws_iam_role_policy_attachment" "analysis_instance" {
  role       = aws_iam_role.analysis_instance.name
  policy_arn = data.aws_iam_policy.managed["service-role/AmazonEC2ContainerServiceforEC2Role"].arn
}

resource "aws_iam_instance_profile" "analysis_instance" {
  name = "${local.name}-analysis-instance"
  role = aws_iam_role.analysis_instance.name
}

resource "aws_batch_job_definition" "analysis" {
  name                  = "${local.name}-analysis"
  type                  = "container"
  platform_capabilities = ["EC2"]

  # A lost instance is tried again, five times in all; an analysis that ran and failed is not.
  retry_strategy {
    attempts = 5

    evaluate_on_exit {
      action           = "RETRY"
      on_status_reason = "Host EC2*"
    }

    evaluate_on_exit {
      action    = "EXIT"
      on_reason = "*"
    }
  }

  timeout { attempt_duration_seconds = 7200 }

  container_properties = jsonencode({
    image                  = "${aws_ecr_repository.main["analysis"].repository_url}:${var.analysis_image_tag}"
    jobRoleArn             = aws_iam_role.analysis_job.arn
    readonlyRootFilesystem = true
    volumes                = [{ name = "scratch" }]
    mountPoints            = [{ sourceVolume = "scratch", containerPath = "/tmp", readOnly = false }]
    resourceRequirements   = [{ type = "VCPU", value = "2" }, { type = "MEMORY", value = "7168" }]
    logConfiguration = {
      logDriver = "awslogs"
      options   = { awslogs-group = aws_cloudwatch_log_group.main["analysis"].name, awslogs-region = var.region }
    }
  })
}

resource "aws_iam_role" "analysis_job" {
  name               = "${local.name}-analysis-job"
  assume_role_policy = data.aws_iam_policy_document.service["ecs-tasks"].json
}

resource "aws_iam_role_policy" "analysis_job" {
  name   = "analysis-job"
  role   = aws_iam_role.analysis_job.name
  policy = data.aws_iam_policy_document.analysis_job.json
}

data "aws_iam_policy_document" "analysis_job" {
  statement {
    sid       = "ReadUploads"
    actions   = ["s3:GetObject"]
    resources = ["${aws_s3_bucket.uploads.arn}/*"]
  }

  statement {
    sid       = "WriteResults"
    actions   = ["s3:PutObject"]
    resources = ["${aws_s3_bucket.results.arn}/*"]
  }

  statement {
    sid       = "UseDataKey"
    actions   = ["kms:Decrypt", "kms:GenerateDataKey"]
    resources = [aws_kms_key.data.arn]
  }
}

# ====================================================================================================================
# 13  Outcome
# ====================================================================================================================

resource "aws_sns_topic" "outcome" {
  name              = "${local.name}-outcome"
  kms_master_key_id = aws_kms_key.data.arn
}

resource "aws_sns_topic_subscription" "outcome" {
  topic_arn            = aws_sns_topic.outcome.arn
  protocol             = "sqs"
  endpoint             = aws_sqs_queue.outcome.arn
  raw_message_delivery = true
}

resource "aws_sqs_queue" "outcome" {
  name                       = "${local.name}-outcome"
  sqs_managed_sse_enabled    = true
  receive_wait_time_seconds  = 20
  visibility_timeout_seconds = 60
  message_retention_seconds  = 1209600

  redrive_policy = jsonencode({
    deadLetterTargetArn = aws_sqs_queue.outcome_dead_letter.arn
    maxReceiveCount     = 5
  })
}

resource "aws_sqs_queue" "outcome_dead_letter" {
  name                      = "${local.name}-outcome-dead-letter"
  sqs_managed_sse_enabled   = true
  message_retention_seconds = 1209600
}

resource "aws_sqs_queue_policy" "outcome" {
  queue_url = aws_sqs_queue.outcome.url
  policy    = data.aws_iam_policy_document.outcome.json
}

data "aws_iam_policy_document" "outcome" {
  statement {
    sid       = "TopicFillsQueue"
    actions   = ["sqs:SendMessage"]
    resources = [aws_sqs_queue.outcome.arn]

    principals {
      type        = "Service"
      identifiers = ["sns.amazonaws.com"]
    }

    condition {
      test     = "ArnEquals"
      variable = "aws:SourceArn"
      values   = [aws_sns_topic.outcome.arn]
    }
  }
}

# ====================================================================================================================
# 14  Watching
# ====================================================================================================================

resource "aws_cloudwatch_log_group" "main" {
  for_each = {
    analysis      = "/biotech-x/${var.environment}/analysis"
    cluster       = "/aws/eks/${local.name}/cluster" # EKS, RDS and Step Functions prescribe these names' beginnings
    database      = "/aws/rds/instance/${local.name}/postgresql"
    flow          = "/biotech-x/${var.environment}/flow"
    pods          = "/biotech-x/${var.environment}/pods"
    state_machine = "/aws/vendedlogs/states/${local.name}-analysis"
  }

  name              = each.value
  retention_in_days = 365
  kms_key_id        = aws_kms_key.logs.arn
}

resource "aws_cloudwatch_log_group" "web_acl" {
  #checkov:skip=CKV_AWS_158:The only log group in us-east-1, under CloudWatch's own key; credentials are redacted
  provider = aws.us_east_1

  name              = "aws-waf-logs-${local.name}"
  retention_in_days = 365
}

# The load balancer's access log, one file every five minutes.
resource "aws_s3_bucket" "logs" {
  #checkov:skip=CKV_AWS_18:It holds access logs; logging access to it would feed itself
  #checkov:skip=CKV_AWS_21:Log files are written once and never changed
  #checkov:skip=CKV_AWS_144:S3 keeps each file in three zones; no second region is asked for
  #checkov:skip=CKV_AWS_145:A load balancer can write only under S3's own key
  #checkov:skip=CKV2_AWS_62:Nothing waits for a log file
  bucket        = "${local.name}-logs-${local.account_id}"
  force_destroy = !local.production
}

resource "aws_s3_bucket_public_access_block" "logs" {
  bucket                  = aws_s3_bucket.logs.bucket
  block_public_acls       = true
  block_public_policy     = true
  ignore_public_acls      = true
  restrict_public_buckets = true
}

resource "aws_s3_bucket_lifecycle_configuration" "logs" {
  bucket = aws_s3_bucket.logs.bucket

  rule {
    id     = "one-year"
    status = "Enabled"

    filter {}

    expiration { days = 365 }

    abort_incomplete_multipart_upload { days_after_initiation = 7 }
  }
}

resource "aws_s3_bucket_policy" "logs" {
  bucket = aws_s3_bucket.logs.bucket
  policy = data.aws_iam_policy_document.logs.json
}

data "aws_iam_policy_document" "logs" {
  statement {
    sid       = "LoadBalancerWritesLog"
    actions   = ["s3:PutObject"]
    resources = ["${aws_s3_bucket.logs.arn}/load-balancer/AWSLogs/${local.account_id}/*"]

    principals {
      type        = "Service"
      identifiers = ["logdelivery.elasticloadbalancing.amazonaws.com"]
    }

    condition {
      test     = "ArnLike"
      variable = "aws:SourceArn"
      values   = ["arn:aws:elasticloadbalancing:${var.region}:${local.account_id}:loadbalancer/app/${local.name}/*"]
    }
  }

  statement {
    sid       = "TlsOnly"
    effect    = "Deny"
    actions   = ["s3:*"]
    resources = [aws_s3_bucket.logs.arn, "${aws_s3_bucket.logs.arn}/*"]

    principals {
      type        = "AWS"
      identifiers = ["*"]
    }

    condition {
      test     = "Bool"
      variable = "aws:SecureTransport"
      values   = ["false"]
    }
  }
}

resource "aws_sns_topic" "alarms" {
  name              = "${local.name}-alarms"
  kms_master_key_id = aws_kms_key.logs.arn
}

resource "aws_sns_topic_subscription" "alarms" {
  topic_arn = aws_sns_topic.alarms.arn
  protocol  = "email"
  endpoint  = var.alarm_email
}

resource "aws_cloudwatch_metric_alarm" "server_errors" {
  alarm_name          = "${local.name}-server-errors"
  alarm_description   = "Web or API pods answered more than 50 requests with 5xx within five minutes. Runbook: ${local.runbooks}/ServerErrors/"
  namespace           = "AWS/ApplicationELB"
  metric_name         = "HTTPCode_Target_5XX_Count"
  dimensions          = { LoadBalancer = aws_lb.main.arn_suffix }
  statistic           = "Sum"
  comparison_operator = "GreaterThanThreshold"
  threshold           = 50
  period              = 300
  evaluation_periods  = 1
  treat_missing_data  = "notBreaching"
  alarm_actions       = [aws_sns_topic.alarms.arn]
  ok_actions          = [aws_sns_topic.alarms.arn]
}

resource "aws_cloudwatch_metric_alarm" "balancer_errors" {
  alarm_name          = "${local.name}-balancer-errors"
  alarm_description   = "The load balancer itself answered more than 50 requests with 5xx within five minutes: no pod did. Runbook: ${local.runbooks}/BalancerErrors/"
  namespace           = "AWS/ApplicationELB"
  metric_name         = "HTTPCode_ELB_5XX_Count"
  dimensions          = { LoadBalancer = aws_lb.main.arn_suffix }
  statistic           = "Sum"
  comparison_operator = "GreaterThanThreshold"
  threshold           = 50
  period              = 300
  evaluation_periods  = 1
  treat_missing_data  = "notBreaching"
  alarm_actions       = [aws_sns_topic.alarms.arn]
  ok_actions          = [aws_sns_topic.alarms.arn]
}

resource "aws_cloudwatch_metric_alarm" "answers_slow" {
  alarm_name                            = "${local.name}-answers-slow"
  alarm_description                     = "One answer in a hundred took longer than two seconds, for a quarter of an hour. Runbook: ${local.runbooks}/AnswersSlow/"
  namespace                             = "AWS/ApplicationELB"
  metric_name                           = "TargetResponseTime"
  dimensions                            = { LoadBalancer = aws_lb.main.arn_suffix }
  extended_statistic                    = "p99"
  evaluate_low_sample_count_percentiles = "ignore"
  comparison_operator                   = "GreaterThanThreshold"
  threshold                             = 2
  period                                = 300
  evaluation_periods                    = 3
  treat_missing_data                    = "notBreaching"
  alarm_actions                         = [aws_sns_topic.alarms.arn]
  ok_actions                            = [aws_sns_topic.alarms.arn]
}

resource "aws_cloudwatch_metric_alarm" "web_unhealthy" {
  alarm_name          = "${local.name}-web-unhealthy"
  alarm_description   = "Fewer than two web pods are healthy. Runbook: ${local.runbooks}/WebUnhealthy/"
  namespace           = "AWS/ApplicationELB"
  metric_name         = "HealthyHostCount"
  dimensions          = { LoadBalancer = aws_lb.main.arn_suffix, TargetGroup = aws_lb_target_group.web.arn_suffix }
  statistic           = "Minimum"
  comparison_operator = "LessThanThreshold"
  threshold           = 2
  period              = 60
  evaluation_periods  = 3
  treat_missing_data  = "breaching"
  alarm_actions       = [aws_sns_topic.alarms.arn]
  ok_actions          = [aws_sns_topic.alarms.arn]
}

resource "aws_cloudwatch_metric_alarm" "api_unhealthy" {
  alarm_name          = "${local.name}-api-unhealthy"
  alarm_description   = "Fewer than two API pods are healthy. Runbook: ${local.runbooks}/ApiUnhealthy/"
  namespace           = "AWS/ApplicationELB"
  metric_name         = "HealthyHostCount"
  dimensions          = { LoadBalancer = aws_lb.main.arn_suffix, TargetGroup = aws_lb_target_group.api.arn_suffix }
  statistic           = "Minimum"
  comparison_operator = "LessThanThreshold"
  threshold           = 2
  period              = 60
  evaluation_periods  = 3
  treat_missing_data  = "breaching"
  alarm_actions       = [aws_sns_topic.alarms.arn]
  ok_actions          = [aws_sns_topic.alarms.arn]
}

resource "aws_cloudwatch_metric_alarm" "nodes_exhausted" {
  alarm_name          = "${local.name}-nodes-exhausted"
  alarm_description   = "Pods found no room for a quarter of an hour: the node group is at its maximum, or gets no new nodes. Runbook: ${local.runbooks}/NodesExhausted/"
  namespace           = "AWS/EKS"
  metric_name         = "scheduler_pending_pods_UNSCHEDULABLE"
  dimensions          = { ClusterName = aws_eks_cluster.main.name }
  statistic           = "Minimum"
  comparison_operator = "GreaterThanThreshold"
  threshold           = 0
  period              = 300
  evaluation_periods  = 3
  treat_missing_data  = "notBreaching"
  alarm_actions       = [aws_sns_topic.alarms.arn]
  ok_actions          = [aws_sns_topic.alarms.arn]
}

# The API keeps connections open, so none at all means that it cannot reach the database, whatever the reason.
resource "aws_cloudwatch_metric_alarm" "database_unreachable" {
  alarm_name          = "${local.name}-database-unreachable"
  alarm_description   = "Nobody has been connected to the database for three minutes. Runbook: ${local.runbooks}/DatabaseUnreachable/"
  namespace           = "AWS/RDS"
  metric_name         = "DatabaseConnections"
  dimensions          = { DBInstanceIdentifier = aws_db_instance.main.identifier }
  statistic           = "Maximum"
  comparison_operator = "LessThanThreshold"
  threshold           = 1
  period              = 60
  evaluation_periods  = 3
  treat_missing_data  = "breaching"
  alarm_actions       = [aws_sns_topic.alarms.arn]
  ok_actions          = [aws_sns_topic.alarms.arn]
}

# RDS lets in one connection per 9,531,392 bytes of memory: a good 400 in the smallest class, twice that in the next.
resource "aws_cloudwatch_metric_alarm" "database_connections" {
  alarm_name          = "${local.name}-database-connections"
  alarm_description   = "More than 300 connections to the database: soon it refuses new ones. Runbook: ${local.runbooks}/DatabaseConnections/"
  namespace           = "AWS/RDS"
  metric_name         = "DatabaseConnections"
  dimensions          = { DBInstanceIdentifier = aws_db_instance.main.identifier }
  statistic           = "Maximum"
  comparison_operator = "GreaterThanThreshold"
  threshold           = 300
  period              = 60
  evaluation_periods  = 5
  treat_missing_data  = "notBreaching"
  alarm_actions       = [aws_sns_topic.alarms.arn]
  ok_actions          = [aws_sns_topic.alarms.arn]
}

resource "aws_cloudwatch_metric_alarm" "database_busy" {
  alarm_name          = "${local.name}-database-busy"
  alarm_description   = "The database's processors were more than 80 % busy for a quarter of an hour. Runbook: ${local.runbooks}/DatabaseBusy/"
  namespace           = "AWS/RDS"
  metric_name         = "CPUUtilization"
  dimensions          = { DBInstanceIdentifier = aws_db_instance.main.identifier }
  statistic           = "Average"
  comparison_operator = "GreaterThanThreshold"
  threshold           = 80
  period              = 300
  evaluation_periods  = 3
  treat_missing_data  = "notBreaching"
  alarm_actions       = [aws_sns_topic.alarms.arn]
  ok_actions          = [aws_sns_topic.alarms.arn]
}

resource "aws_cloudwatch_metric_alarm" "database_storage" {
  alarm_name          = "${local.name}-database-storage"
  alarm_description   = "The database has less than 5 GiB left, though its storage grows by itself. Runbook: ${local.runbooks}/DatabaseStorage/"
  namespace           = "AWS/RDS"
  metric_name         = "FreeStorageSpace"
  dimensions          = { DBInstanceIdentifier = aws_db_instance.main.identifier }
  statistic           = "Minimum"
  comparison_operator = "LessThanThreshold"
  threshold           = 5368709120
  period              = 300
  evaluation_periods  = 2
  treat_missing_data  = "breaching"
  alarm_actions       = [aws_sns_topic.alarms.arn]
  ok_actions          = [aws_sns_topic.alarms.arn]
}

resource "aws_cloudwatch_metric_alarm" "upload_errors" {
  alarm_name          = "${local.name}-upload-errors"
  alarm_description   = "S3 refused or failed more than 20 requests for uploads within five minutes: files do not get in. Runbook: ${local.runbooks}/UploadErrors/"
  comparison_operator = "GreaterThanThreshold"
  threshold           = 20
  evaluation_periods  = 1
  treat_missing_data  = "notBreaching"
  alarm_actions       = [aws_sns_topic.alarms.arn]
  ok_actions          = [aws_sns_topic.alarms.arn]

  metric_query {
    id          = "errors"
    label       = "Requests refused or failed"
    expression  = "FILL(refused, 0) + FILL(failed, 0)"
    return_data = true
  }

  dynamic "metric_query" {
    for_each = { refused = "4xxErrors", failed = "5xxErrors" }

    content {
      id = metric_query.key

      metric {
        namespace   = "AWS/S3"
        metric_name = metric_query.value
        dimensions  = { BucketName = aws_s3_bucket.uploads.bucket, FilterId = aws_s3_bucket_metric.uploads.name }
        stat        = "Sum"
        period      = 300
      }
    }
  }
}

resource "aws_cloudwatch_metric_alarm" "result_errors" {
  alarm_name          = "${local.name}-result-errors"
  alarm_description   = "S3 refused or failed more than 20 requests for results within five minutes: some are missing or not to be had. Runbook: ${local.runbooks}/ResultErrors/"
  comparison_operator = "GreaterThanThreshold"
  threshold           = 20
  evaluation_periods  = 1
  treat_missing_data  = "notBreaching"
  alarm_actions       = [aws_sns_topic.alarms.arn]
  ok_actions          = [aws_sns_topic.alarms.arn]

  metric_query {
    id          = "errors"
    label       = "Requests refused or failed"
    expression  = "FILL(refused, 0) + FILL(failed, 0)"
    return_data = true
  }

  dynamic "metric_query" {
    for_each = { refused = "4xxErrors", failed = "5xxErrors" }

    content {
      id = metric_query.key

      metric {
        namespace   = "AWS/S3"
        metric_name = metric_query.value
        dimensions  = { BucketName = aws_s3_bucket.results.bucket, FilterId = aws_s3_bucket_metric.results.name }
        stat        = "Sum"
        period      = 300
      }
    }
  }
}

resource "aws_cloudwatch_metric_alarm" "analysis_failed" {
  alarm_name          = "${local.name}-analysis-failed"
  alarm_description   = "More than three analyses failed within an hour: hardly all of them by their files. Runbook: ${local.runbooks}/AnalysisFailed/"
  namespace           = "AWS/States"
  metric_name         = "ExecutionsFailed"
  dimensions          = { StateMachineArn = aws_sfn_state_machine.analysis.arn }
  statistic           = "Sum"
  comparison_operator = "GreaterThanThreshold"
  threshold           = 3
  period              = 3600
  evaluation_periods  = 1
  treat_missing_data  = "notBreaching"
  alarm_actions       = [aws_sns_topic.alarms.arn]
  ok_actions          = [aws_sns_topic.alarms.arn]
}

# Batch tells nobody how long its queue is. Analyses end within minutes, so what was begun and has not ended waits.
resource "aws_cloudwatch_metric_alarm" "analysis_backlog" {
  alarm_name          = "${local.name}-analysis-backlog"
  alarm_description   = "Two hours in a row fewer than half as many analyses ended as began: their jobs wait. Runbook: ${local.runbooks}/AnalysisBacklog/"
  comparison_operator = "LessThanThreshold"
  threshold           = 50
  evaluation_periods  = 2
  treat_missing_data  = "notBreaching"
  alarm_actions       = [aws_sns_topic.alarms.arn]
  ok_actions          = [aws_sns_topic.alarms.arn]

  metric_query {
    id          = "share"
    label       = "Ended, as a percentage of those begun"
    expression  = "IF(begun > 0, 100 * (FILL(succeeded, 0) + FILL(failed, 0)) / begun, 100)"
    return_data = true
  }

  dynamic "metric_query" {
    for_each = { begun = "ExecutionsStarted", succeeded = "ExecutionsSucceeded", failed = "ExecutionsFailed" }

    content {
      id = metric_query.key

      metric {
        namespace   = "AWS/States"
        metric_name = metric_query.value
        dimensions  = { StateMachineArn = aws_sfn_state_machine.analysis.arn }
        stat        = "Sum"
        period      = 3600
      }
    }
  }
}

resource "aws_cloudwatch_metric_alarm" "outcome_age" {
  alarm_name          = "${local.name}-outcome-age"
  alarm_description   = "An outcome has waited for a quarter of an hour: no API pod takes it, and users wait for analyses that have ended. Runbook: ${local.runbooks}/OutcomeAge/"
  namespace           = "AWS/SQS"
  metric_name         = "ApproximateAgeOfOldestMessage"
  dimensions          = { QueueName = aws_sqs_queue.outcome.name }
  statistic           = "Maximum"
  comparison_operator = "GreaterThanThreshold"
  threshold           = 900
  period              = 300
  evaluation_periods  = 1
  treat_missing_data  = "notBreaching"
  alarm_actions       = [aws_sns_topic.alarms.arn]
  ok_actions          = [aws_sns_topic.alarms.arn]
}

resource "aws_cloudwatch_metric_alarm" "outcome_dead_letter" {
  alarm_name          = "${local.name}-outcome-dead-letter"
  alarm_description   = "The API gave up on an outcome: a user waits for an analysis that has ended. Runbook: ${local.runbooks}/OutcomeDeadLetter/"
  namespace           = "AWS/SQS"
  metric_name         = "ApproximateNumberOfMessagesVisible"
  dimensions          = { QueueName = aws_sqs_queue.outcome_dead_letter.name }
  statistic           = "Maximum"
  comparison_operator = "GreaterThanThreshold"
  threshold           = 0
  period              = 60
  evaluation_periods  = 1
  treat_missing_data  = "notBreaching"
  alarm_actions       = [aws_sns_topic.alarms.arn]
  ok_actions          = [aws_sns_topic.alarms.arn]
}

# Both certificates are renewed by the one record that proves the domain: this one tells for the public one too.
resource "aws_cloudwatch_metric_alarm" "certificate_expiry" {
  alarm_name          = "${local.name}-certificate-expiry"
  alarm_description   = "The certificate expires within 30 days: AWS should have renewed it by now. Runbook: ${local.runbooks}/CertificateExpiry/"
  namespace           = "AWS/CertificateManager"
  metric_name         = "DaysToExpiry"
  dimensions          = { CertificateArn = aws_acm_certificate.origin.arn }
  statistic           = "Minimum"
  comparison_operator = "LessThanThreshold"
  threshold           = 30
  period              = 86400
  evaluation_periods  = 1
  treat_missing_data  = "notBreaching"
  alarm_actions       = [aws_sns_topic.alarms.arn]
  ok_actions          = [aws_sns_topic.alarms.arn]
}

resource "aws_budgets_budget" "monthly" {
  name         = local.name
  budget_type  = "COST"
  time_unit    = "MONTHLY"
  limit_unit   = "USD"
  limit_amount = tostring(var.monthly_budget_usd)

  notification {
    notification_type          = "FORECASTED"
    comparison_operator        = "GREATER_THAN"
    threshold_type             = "PERCENTAGE"
    threshold                  = 100
    subscriber_email_addresses = [var.alarm_email]
  }

  notification {
    notification_type          = "ACTUAL"
    comparison_operator        = "GREATER_THAN"
    threshold_type             = "PERCENTAGE"
    threshold                  = 80
    subscriber_email_addresses = [var.alarm_email]
  }
}

# ====================================================================================================================
# 15  Audit trail
# ====================================================================================================================

resource "aws_cloudtrail" "main" {
  #checkov:skip=CKV_AWS_252:Nobody is to be told of every log file
  #checkov:skip=CKV2_AWS_10:Searched with Athena where it lies; a second copy in CloudWatch would only cost
  name                       = local.name
  s3_bucket_name             = aws_s3_bucket.trail.bucket
  kms_key_id                 = aws_kms_key.logs.arn
  is_multi_region_trail      = true
  enable_log_file_validation = true

  advanced_event_selector {
    name = "Management"

    field_selector {
      field  = "eventCategory"
      equals = ["Management"]
    }
  }

  advanced_event_selector {
    name = "Every call on an upload or a result"

    field_selector {
      field  = "eventCategory"
      equals = ["Data"]
    }

    field_selector {
      field  = "resources.type"
      equals = ["AWS::S3::Object"]
    }

    field_selector {
      field       = "resources.ARN"
      starts_with = ["${aws_s3_bucket.uploads.arn}/", "${aws_s3_bucket.results.arn}/"]
    }
  }

  depends_on = [aws_s3_bucket_policy.trail]
}

resource "aws_s3_bucket" "trail" {
  #checkov:skip=CKV_AWS_18:It holds the audit trail; logging access to it would feed itself
  #checkov:skip=CKV_AWS_21:Log file validation shows a changed or missing file
  #checkov:skip=CKV_AWS_144:S3 keeps each file in three zones; no second region is asked for
  #checkov:skip=CKV2_AWS_62:Nothing waits for a log file
  bucket        = "${local.name}-trail-${local.account_id}"
  force_destroy = !local.production
}

resource "aws_s3_bucket_public_access_block" "trail" {
  bucket                  = aws_s3_bucket.trail.bucket
  block_public_acls       = true
  block_public_policy     = true
  ignore_public_acls      = true
  restrict_public_buckets = true
}

resource "aws_s3_bucket_server_side_encryption_configuration" "trail" {
  bucket = aws_s3_bucket.trail.bucket

  rule {
    bucket_key_enabled = true

    apply_server_side_encryption_by_default {
      sse_algorithm     = "aws:kms"
      kms_master_key_id = aws_kms_key.logs.arn
    }
  }
}

# As long as a result that it speaks of.
resource "aws_s3_bucket_lifecycle_configuration" "trail" {
  bucket = aws_s3_bucket.trail.bucket

  rule {
    id     = "five-years"
    status = "Enabled"

    filter {}

    expiration { days = 1827 }

    abort_incomplete_multipart_upload { days_after_initiation = 7 }
  }
}

resource "aws_s3_bucket_policy" "trail" {
  bucket = aws_s3_bucket.trail.bucket
  policy = data.aws_iam_policy_document.trail.json
}

data "aws_iam_policy_document" "trail" {
  statement {
    sid       = "TrailLooksAtBucket"
    actions   = ["s3:GetBucketAcl"]
    resources = [aws_s3_bucket.trail.arn]

    principals {
      type        = "Service"
      identifiers = ["cloudtrail.amazonaws.com"]
    }

    condition {
      test     = "StringEquals"
      variable = "aws:SourceArn"
      values   = ["arn:aws:cloudtrail:${var.region}:${local.account_id}:trail/${local.name}"]
    }
  }

  statement {
    sid       = "TrailWritesBucket"
    actions   = ["s3:PutObject"]
    resources = ["${aws_s3_bucket.trail.arn}/AWSLogs/${local.account_id}/*"]

    principals {
      type        = "Service"
      identifiers = ["cloudtrail.amazonaws.com"]
    }

    condition {
      test     = "StringEquals"
      variable = "aws:SourceArn"
      values   = ["arn:aws:cloudtrail:${var.region}:${local.account_id}:trail/${local.name}"]
    }
  }

  statement {
    sid       = "TlsOnly"
    effect    = "Deny"
    actions   = ["s3:*"]
    resources = [aws_s3_bucket.trail.arn, "${aws_s3_bucket.trail.arn}/*"]

    principals {
      type        = "AWS"
      identifiers = ["*"]
    }

    condition {
      test     = "Bool"
      variable = "aws:SecureTransport"
      values   = ["false"]
    }
  }
}

# ====================================================================================================================
# 16  Delivery
#
# GitHub's workflows sign in with short-lived tokens; there is no key to leak. Who deploys to an account can change all
# of it, so the account is the border: one an environment, and one GitHub environment that may deploy to it. An
# administrator applies this file the first time, the pipeline from then on.
# ====================================================================================================================

resource "aws_iam_openid_connect_provider" "github" {
  url            = "https://token.actions.githubusercontent.com"
  client_id_list = ["sts.amazonaws.com"]
}

# Pull requests see what would change. They read settings, never files and passwords.
resource "aws_iam_role" "plan" {
  name               = "${local.name}-plan"
  assume_role_policy = data.aws_iam_policy_document.plan_trust.json
}

data "aws_iam_policy_document" "plan_trust" {
  statement {
    sid     = "PullRequestsAndMainPlan"
    actions = ["sts:AssumeRoleWithWebIdentity"]

    principals {
      type        = "Federated"
      identifiers = [aws_iam_openid_connect_provider.github.arn]
    }

    condition {
      test     = "StringEquals"
      variable = "token.actions.githubusercontent.com:aud"
      values   = ["sts.amazonaws.com"]
    }

    condition {
      test     = "StringEquals"
      variable = "token.actions.githubusercontent.com:sub"
      values = [
        "repo:${var.github_repository}:pull_request",
        # Before approval, and every night: what people approve is a plan, so it has to exist before them.
        "repo:${var.github_repository}:ref:refs/heads/main",
      ]
    }
  }
}

resource "aws_iam_role_policy_attachment" "plan" {
  role       = aws_iam_role.plan.name
  policy_arn = data.aws_iam_policy.managed["ReadOnlyAccess"].arn
}

resource "aws_iam_role_policy" "plan" {
  name   = "no-contents"
  role   = aws_iam_role.plan.name
  policy = data.aws_iam_policy_document.no_contents.json
}

# The pipeline applies this file, pushes images and deploys to the cluster.
resource "aws_iam_role" "deploy" {
  name               = "${local.name}-deploy"
  assume_role_policy = data.aws_iam_policy_document.deploy_trust.json
}

data "aws_iam_policy_document" "deploy_trust" {
  statement {
    sid     = "EnvironmentDeploys"
    actions = ["sts:AssumeRoleWithWebIdentity"]

    principals {
      type        = "Federated"
      identifiers = [aws_iam_openid_connect_provider.github.arn]
    }

    condition {
      test     = "StringEquals"
      variable = "token.actions.githubusercontent.com:aud"
      values   = ["sts.amazonaws.com"]
    }

    condition {
      test     = "StringEquals"
      variable = "token.actions.githubusercontent.com:sub"
      values   = ["repo:${var.github_repository}:environment:${var.environment}"]
    }
  }
}

resource "aws_iam_role_policy_attachment" "deploy" {
  role       = aws_iam_role.deploy.name
  policy_arn = data.aws_iam_policy.managed["PowerUserAccess"].arn
}

resource "aws_iam_role_policy" "deploy" {
  name   = "own-roles"
  role   = aws_iam_role.deploy.name
  policy = data.aws_iam_policy_document.deploy.json
}

resource "aws_iam_role_policy" "deploy_no_contents" {
  name   = "no-contents"
  role   = aws_iam_role.deploy.name
  policy = data.aws_iam_policy_document.no_contents.json
}

data "aws_iam_policy_document" "deploy" {
  statement {
    sid = "ManageRolesOfThisFile"
    actions = [
      "iam:AddRoleToInstanceProfile",
      "iam:AttachRolePolicy",
      "iam:CreateInstanceProfile",
      "iam:CreateRole",
      "iam:DeleteInstanceProfile",
      "iam:DeleteRole",
      "iam:DeleteRolePolicy",
      "iam:DetachRolePolicy",
      "iam:GetInstanceProfile",
      "iam:GetRole",
      "iam:GetRolePolicy",
      "iam:ListAttachedRolePolicies",
      "iam:ListInstanceProfilesForRole",
      "iam:ListRolePolicies",
      "iam:PassRole",
      "iam:PutRolePolicy",
      "iam:RemoveRoleFromInstanceProfile",
      "iam:TagInstanceProfile",
      "iam:TagRole",
      "iam:UntagInstanceProfile",
      "iam:UntagRole",
      "iam:UpdateAssumeRolePolicy",
      "iam:UpdateRole",
    ]
    resources = [
      "arn:aws:iam::${local.account_id}:role/${local.name}-*",
      "arn:aws:iam::${local.account_id}:instance-profile/${local.name}-*",
    ]
  }

  statement {
    sid = "ManageGitHubProvider"
    actions = [
      "iam:GetOpenIDConnectProvider",
      "iam:TagOpenIDConnectProvider",
      "iam:UntagOpenIDConnectProvider",
      "iam:UpdateOpenIDConnectProviderThumbprint",
    ]
    resources = [aws_iam_openid_connect_provider.github.arn]
  }
}

data "aws_iam_policy_document" "no_contents" {
  statement {
    sid       = "NoFiles"
    effect    = "Deny"
    actions   = ["s3:GetObject*", "s3:PutObject*", "s3:DeleteObject*"]
    resources = ["${aws_s3_bucket.uploads.arn}/*", "${aws_s3_bucket.results.arn}/*", "${aws_s3_bucket.trail.arn}/*"]
  }

  statement {
    sid       = "NoPasswords"
    effect    = "Deny"
    actions   = ["secretsmanager:GetSecretValue"]
    resources = [aws_db_instance.main.master_user_secret[0].secret_arn]
  }
}

# ====================================================================================================================
# 17  Protection
#
# In production this resource exists, may not be destroyed, and would have to be replaced when one of those that it
# names is: so a plan that destroys or replaces one of them, or everything, is refused before it touches anything. AWS
# holds on to them as well, by deletion protection and by refusing to delete a bucket with files in it.
# ====================================================================================================================

resource "terraform_data" "protected" {
  count = local.production ? 1 : 0

  triggers_replace = [
    aws_kms_key.data.arn,
    aws_cognito_user_pool.main.arn,
    aws_db_instance.main.arn,
    aws_s3_bucket.uploads.arn,
    aws_s3_bucket.results.arn,
    aws_s3_bucket.trail.arn,
  ]

  lifecycle { prevent_destroy = true }
}

# ====================================================================================================================
# 18  Outputs
# ====================================================================================================================

output "application_url" {
  description = "Where people open the application."
  value       = "https://${var.domain_name}"
}

output "name_servers" {
  description = "Name servers to which the domain's registrar must delegate it."
  value       = aws_route53_zone.main.name_servers
}

output "cluster_name" {
  description = "Name to hand to `aws eks update-kubeconfig`."
  value       = aws_eks_cluster.main.name
}

output "repository_urls" {
  description = "Where images are pushed to, by component."
  value       = { for component, repository in aws_ecr_repository.main : component => repository.repository_url }
}

output "target_group_arns" {
  description = "Target groups that the TargetGroupBinding objects name, by component."
  value       = { web = aws_lb_target_group.web.arn, api = aws_lb_target_group.api.arn }
}

output "user_pool_id" {
  description = "Cognito user pool whose tokens the API accepts."
  value       = aws_cognito_user_pool.main.id
}

output "user_pool_client_id" {
  description = "Client as which the web application signs people in."
  value       = aws_cognito_user_pool_client.web.id
}

output "sign_in_url" {
  description = "Where Cognito serves its sign-in page."
  value       = "https://${aws_cognito_user_pool_domain.main.domain}.auth.${var.region}.amazoncognito.com"
}

output "database_address" {
  description = "Host name of the database's primary; it follows a failover."
  value       = aws_db_instance.main.address
}

output "database_secret_arn" {
  description = "Secret, kept and rotated by RDS, with the master password that the migration job reads."
  value       = aws_db_instance.main.master_user_secret[0].secret_arn
}

output "uploads_bucket" {
  description = "Bucket for which the API signs uploads."
  value       = aws_s3_bucket.uploads.bucket
}

output "results_bucket" {
  description = "Bucket for which the API signs downloads."
  value       = aws_s3_bucket.results.bucket
}

output "state_machine_arn" {
  description = "State machine that the API starts for each analysis."
  value       = aws_sfn_state_machine.analysis.arn
}

output "outcome_queue_url" {
  description = "Queue from which the API learns how analyses ended."
  value       = aws_sqs_queue.outcome.url
}

output "plan_role_arn" {
  description = "Role for workflows of pull requests."
  value       = aws_iam_role.plan.arn
}

output "deploy_role_arn" {
  description = "Role for workflows that deploy to this environment."
  value       = aws_iam_role.deploy.arn
}
