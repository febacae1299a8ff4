"""AWS-managed policies: what is known of them without their text.

AWS changes these documents, so their text is read from a data source `aws_iam_policy` where one is
in the files, and is unknown elsewhere. Of the policies below it is known that no statement denies
anything (AWS Managed Policy Reference Guide); a test compares the list with a published copy.
"""

import re

_ARN = re.compile(r"arn:aws[^:]*:iam::aws:policy/")

NEVER_DENY = frozenset(
    {
        "AWSBackupServiceRolePolicyForBackup",
        "AWSBackupServiceRolePolicyForRestores",
        "AWSBatchServiceRole",
        "AWSLambdaBasicExecutionRole",
        "AWSLambdaSQSQueueExecutionRole",
        "AWSLambdaVPCAccessExecutionRole",
        "AWSXRayDaemonWriteAccess",
        "AWSXrayWriteOnlyAccess",
        "AdministratorAccess",
        "AmazonDynamoDBFullAccess",
        "AmazonDynamoDBReadOnlyAccess",
        "AmazonEBSCSIDriverPolicy",
        "AmazonEC2ContainerRegistryPowerUser",
        "AmazonEC2ContainerRegistryPullOnly",
        "AmazonEC2ContainerRegistryReadOnly",
        "AmazonEC2ContainerServiceforEC2Role",
        "AmazonECSTaskExecutionRolePolicy",
        "AmazonEFSCSIDriverPolicy",
        "AmazonEKSClusterPolicy",
        "AmazonEKSFargatePodExecutionRolePolicy",
        "AmazonEKSVPCResourceController",
        "AmazonEKSWorkerNodePolicy",
        "AmazonEKS_CNI_Policy",
        "AmazonRDSEnhancedMonitoringRole",
        "AmazonS3FullAccess",
        "AmazonS3ReadOnlyAccess",
        "AmazonSQSFullAccess",
        "AmazonSSMManagedInstanceCore",
        "CloudWatchAgentServerPolicy",
        "CloudWatchLogsFullAccess",
        "PowerUserAccess",
        "ReadOnlyAccess",
        "SecretsManagerReadWrite",
        "SecurityAudit",
        "ViewOnlyAccess",
    }
)
"""Names of AWS-managed policies that only allow."""


def is_managed(arn: str) -> bool:
    """Whether an ARN names a policy that AWS manages."""
    return _ARN.match(arn) is not None
