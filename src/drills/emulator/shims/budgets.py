"""What AWS Budgets answers beyond moto: a budget's tags and its notifications' subscribers."""

from typing import Any

from moto.budgets.models import budgets_backends
from werkzeug.wrappers import Response

from drills.emulator.call import ACCOUNT, Call, Store, as_json


def answer(call: Call, store: Store) -> Response | None:
    """Budgets' answer, or nothing where moto has its own."""
    match call.action:
        case "CreateBudget":
            store[("budget", call.document["Budget"]["BudgetName"])] = call.document
        case "ListTagsForResource":
            created = store.get(("budget", call.document["ResourceARN"].rpartition("/")[2]), {})
            return as_json({"ResourceTags": created.get("ResourceTags", [])})
        case "DescribeSubscribersForNotification":
            return as_json({"Subscribers": _subscribers(call)})
    return None


def _subscribers(call: Call) -> list[Any]:
    budget = budgets_backends[ACCOUNT]["aws"].budgets[call.document["AccountId"]][call.document["BudgetName"]]
    asked = call.document["Notification"]
    told = ("NotificationType", "ComparisonOperator", "Threshold")
    return [
        subscriber
        for notification in budget.notifications
        if all(notification.details[name] == asked[name] for name in told)
        for subscriber in notification.subscribers
    ]
