environment             = "production"
region                  = "sa-east-1"
domain_name             = "biotech-x.example"
github_repository       = "biotech-x/as-built"
alarm_email             = "platform@biotech-x.example"
monthly_budget_usd      = 6000
vpc_cidr                = "10.20.0.0/16"
kubernetes_version      = "1.35"
kubernetes_api_cidrs    = ["203.0.113.0/24"]
node_instance_type      = "m6i.xlarge"
node_count              = { min = 3, max = 30 }
database_instance_class = "db.m6g.large"
analysis_max_vcpus      = 1024
analysis_image_tag      = "0000000000000000000000000000000000000000"
