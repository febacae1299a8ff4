environment             = "staging"
region                  = "sa-east-1"
domain_name             = "staging.biotech-x.example"
github_repository       = "biotech-x/as-built"
alarm_email             = "platform@biotech-x.example"
monthly_budget_usd      = 1200
vpc_cidr                = "10.10.0.0/16"
kubernetes_version      = "1.35"
kubernetes_api_cidrs    = ["203.0.113.0/24"]
node_instance_type      = "m6i.large"
node_count              = { min = 3, max = 6 }
database_instance_class = "db.t4g.medium"
analysis_max_vcpus      = 64
analysis_image_tag      = "0000000000000000000000000000000000000000"
