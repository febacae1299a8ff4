"""What moto takes and forgets: kept in moto's own models, so that it is given back.

Without it a second plan would want to change what the first apply has set.
"""

from inspect import signature
from typing import Any

from moto.ec2.models.security_groups import SecurityGroupRule
from moto.rds.models import DBInstance, DBParameterGroup

_RULE_CREATED = SecurityGroupRule.__init__
_DATABASE_CREATED = DBInstance.__init__
_PARAMETERS_SET = DBParameterGroup.update_parameters


def remember() -> None:
    """Change moto's models, once, before the first request."""
    rule: Any = SecurityGroupRule
    del rule.description  # a property that looks at address ranges only
    rule.__init__ = _rule_created
    database: Any = DBInstance
    database.__init__ = _database_created
    parameters: Any = DBParameterGroup
    parameters.update_parameters = _parameters_set


def _rule_created(rule: Any, *positional: Any, **named: Any) -> None:
    """A rule's description, whatever its other end is: addresses, a group or a prefix list."""
    _RULE_CREATED(rule, *positional, **named)
    given = signature(_RULE_CREATED).bind(rule, *positional, **named).arguments
    ends = (given.get(end) or {} for end in ("ip_range", "source_group", "prefix_list_id"))
    rule.description = next((end["Description"] for end in ends if "Description" in end), None)


def _database_created(database: Any, *positional: Any, **named: Any) -> None:
    """Performance Insights as asked, and the certificate authority that is AWS's default.

    https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/UsingWithRDS.SSL.html
    """
    named.setdefault("ca_certificate_identifier", "rds-ca-rsa2048-g1")
    _DATABASE_CREATED(database, *positional, **named)
    database.performance_insights_enabled = named.get("enable_performance_insights", False)
    database.performance_insights_kms_key_id = named.get("performance_insights_kms_key_id")


def _parameters_set(group: Any, parameters: list[dict[str, Any]]) -> None:
    """RDS tells parameters that a person set from its own by their source."""
    _PARAMETERS_SET(group, [parameter | {"Source": "user"} for parameter in parameters])
