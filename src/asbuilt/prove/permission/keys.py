"""Which key encrypts what is at a target, and what an action needs of it.

S3 User Guide, "Using server-side encryption with AWS KMS keys"; SQS Developer Guide, "Amazon SQS key
management"; SNS Developer Guide, "Managing encryption keys and costs"; Secrets Manager User Guide,
"Secret encryption and decryption"; AWS KMS Developer Guide, "AWS KMS condition keys".
"""

from dataclasses import dataclass
from typing import Any

from asbuilt.infrastructure import UNKNOWN, Resource
from asbuilt.prove.permission.index import Index, names, values
from asbuilt.prove.permission.outcome import Unresolved
from asbuilt.prove.permission.requests import Value
from asbuilt.prove.permission.resource_policies import KEYS
from asbuilt.prove.permission.truth import Unknown

_MAKE, _READ = "kms:GenerateDataKey", "kms:Decrypt"
_OPERATIONS: dict[str, tuple[str, ...]] = {
    "kinesis:GetRecords": (_READ,),
    "kinesis:PutRecord": (_MAKE,),
    "kinesis:PutRecords": (_MAKE,),
    "s3:GetObject": (_READ,),
    "s3:GetObjectAttributes": (_READ,),
    "s3:GetObjectVersion": (_READ,),
    "s3:PutObject": (_MAKE,),
    "secretsmanager:GetSecretValue": (_READ,),
    "secretsmanager:PutSecretValue": (_MAKE, _READ),
    "sns:Publish": (_MAKE, _READ),
    "sqs:ReceiveMessage": (_READ,),
    "sqs:SendMessage": (_MAKE, _READ),
    "ssm:GetParameter": (_READ,),
    "ssm:GetParameters": (_READ,),
    "ssm:GetParametersByPath": (_READ,),
    "ssm:PutParameter": ("kms:Encrypt",),
}
_KEY: dict[str, str] = {
    "aws_db_instance": "master_user_secret.kms_key_id",
    "aws_dynamodb_table": "server_side_encryption.kms_key_arn",
    "aws_kinesis_stream": "kms_key_id",
    "aws_rds_cluster": "master_user_secret.kms_key_id",
    "aws_secretsmanager_secret": "kms_key_id",
    "aws_sfn_state_machine": "encryption_configuration.kms_key_id",
    "aws_sns_topic": "kms_master_key_id",
    "aws_sqs_queue": "kms_master_key_id",
    "aws_ssm_parameter": "key_id",
}
"""Arguments that name the key of what is at a resource."""

_NOT_UNDERSTOOD = frozenset({"aws_dynamodb_table", "aws_sfn_state_machine"})
_CONTEXT = {
    "kinesis": "aws:kinesis:arn",
    "secretsmanager": "SecretARN",
    "sns": "aws:sns:topicArn",
    "sqs": "aws:sqs:arn",
    "ssm": "PARAMETER_ARN",
}
"""What a service puts into the encryption context, beside S3."""

_USES = (
    ("kms:GenerateDataKey", "ENCRYPT_DECRYPT"),
    ("kms:Encrypt", "ENCRYPT_DECRYPT"),
    ("kms:Decrypt", "ENCRYPT_DECRYPT"),
    ("kms:ReEncrypt", "ENCRYPT_DECRYPT"),
    ("kms:GenerateMac", "GENERATE_VERIFY_MAC"),
    ("kms:VerifyMac", "GENERATE_VERIFY_MAC"),
    ("kms:Sign", "SIGN_VERIFY"),
    ("kms:Verify", "SIGN_VERIFY"),
    ("kms:DeriveSharedSecret", "KEY_AGREEMENT"),
)
"""How the operations begin that need a key of one use; the first that fits counts."""

MANAGED = "an AWS-managed key"


@dataclass(frozen=True, slots=True)
class Encryption:
    """How a target is encrypted: the key's resource, or that AWS manages it; `bucket_key` is S3's."""

    key: Resource | None
    algorithm: str = ""
    bucket_key: bool = False


def operations(action: str) -> tuple[str, ...]:
    """What `action` needs of the key that encrypts its target."""
    return _OPERATIONS.get(action, ())


def encryption(index: Index, target: Resource, action: str) -> Encryption | None:
    """How the target of `action` is encrypted; None where no KMS key takes part.

    Raises Unresolved where the key is not in the files, or the target's need of it not understood.
    """
    if target.type == "aws_s3_bucket":
        return _bucket(index, target)
    if target.type not in _KEY or (
        target.type.startswith("aws_db") and not action.startswith("secretsmanager:")
    ):
        return None
    if target.type == "aws_ssm_parameter" and target.values.get("type") != "SecureString":
        return None
    named = values(target, _KEY[target.type])
    if named and target.type in _NOT_UNDERSTOOD:
        raise Unresolved(f"what {action} needs of the key of {target.address} is not understood")
    return Encryption(key(index, named[0])) if named else None


def key(index: Index, value: Any) -> Resource | None:
    """The key that an argument names by ARN, id or alias; None for one that AWS manages."""
    if value is UNKNOWN or not isinstance(value, str):
        raise Unresolved("which key is used is known only after apply")
    if value.rpartition(":")[2].startswith("alias/aws/"):
        return None
    alias = index.find(value, "aws_kms_alias")
    found = index.find(alias.values.get("target_key_id") if alias else value, *KEYS)
    if found is None:
        raise Unresolved(f"the key {value} is not in the files")
    if found.values.get("key_usage") not in (None, UNKNOWN, "ENCRYPT_DECRYPT"):
        raise Unresolved(f"{found.address} is for {found.values['key_usage']}, not for encryption")
    if not _is_symmetric(found):
        raise Unresolved(f"{found.address} is no symmetric key, and services encrypt with no other")
    return found


def misuse(found: Resource, action: str) -> str:
    """Why a key refuses an operation whoever asks: it is for another use, or of another kind.

    AWS KMS API Reference, each operation's "KeyUsage"; only symmetric keys make data keys.
    """
    made_for = found.values.get("key_usage")
    wanted = next((use for start, use in _USES if action.startswith(start)), None)
    if wanted and made_for is not UNKNOWN and (made_for or "ENCRYPT_DECRYPT") != wanted:
        return (
            f"{found.address} is for {made_for or 'ENCRYPT_DECRYPT'}, and {action} needs a key for {wanted}"
        )
    if action.startswith("kms:GenerateDataKey") and not _is_symmetric(found):
        return f"{found.address} is no symmetric key, and {action} needs one"
    return ""


def _is_symmetric(found: Resource) -> bool:
    spec = found.values.get("customer_master_key_spec") or found.values.get("key_spec")
    return not isinstance(spec, str) or spec == "SYMMETRIC_DEFAULT"


def _bucket(index: Index, bucket: Resource) -> Encryption | None:
    """A bucket's default encryption; without a rule S3 uses its own keys."""
    holder = "aws_s3_bucket_server_side_encryption_configuration"
    named = index.where(holder, "bucket", *names(bucket))
    found = [item for item in named if index.find(item.values.get("bucket"), "aws_s3_bucket") is bucket]
    if len(found) > 1:
        raise Unresolved(f"{found[0].address} and {found[1].address} overwrite each other")
    if found:
        return _rule(index, found[0])
    inline = "server_side_encryption_configuration"
    return _rule(index, bucket, f"{inline}.rule") if values(bucket, inline) else None


def _rule(index: Index, holder: Resource, path: str = "rule") -> Encryption | None:
    default = f"{path}.apply_server_side_encryption_by_default"
    algorithms = values(holder, f"{default}.sse_algorithm")
    if any(not isinstance(algorithm, str) for algorithm in algorithms):
        raise Unresolved(f"how {holder.address} encrypts is known only after apply")
    if not algorithms or not algorithms[0].startswith("aws:kms"):
        return None
    named = values(holder, f"{default}.kms_master_key_id")
    bucket_key = True in values(holder, f"{path}.bucket_key_enabled")
    return Encryption(key(index, named[0]) if named else None, algorithms[0], bucket_key)


def context(service: str, region: str, named: str, how: Encryption) -> dict[str, Value]:
    """What `service` tells KMS when it uses a key for a caller; `named` is the ARN of the request."""
    bucket = named.partition("/")[0]
    found: dict[str, Value] = {"aws:viaawsservice": ("true",)}
    via = f"{service}.{region}.amazonaws.com"
    found["kms:viaservice"] = (via,) if region else Unknown("the region is not known")
    if service == "s3":
        found["kms:encryptioncontext:aws:s3:arn"] = (bucket if how.bucket_key else named,)
    elif service in _CONTEXT:
        found[f"kms:encryptioncontext:{_CONTEXT[service]}".lower()] = (named,)
    return found
