"""A budget's tags and subscribers."""

ACCOUNT = "123456789012"


def test_subscribers_and_tags_are_given_back(client):
    """Each notification has its own subscribers."""
    budgets = client("budgets")
    limit = {"Amount": "100", "Unit": "USD"}
    budget = {"BudgetName": "monthly", "BudgetLimit": limit, "TimeUnit": "MONTHLY", "BudgetType": "COST"}
    kinds = {"ACTUAL": "a@example.com", "FORECASTED": "f@example.com"}
    told = {
        kind: {"NotificationType": kind, "ComparisonOperator": "GREATER_THAN", "Threshold": 80.0}
        for kind in kinds
    }
    tags = [{"Key": "a", "Value": "b"}]
    budgets.create_budget(
        AccountId=ACCOUNT,
        Budget=budget,
        NotificationsWithSubscribers=[
            {
                "Notification": told[kind],
                "Subscribers": [{"SubscriptionType": "EMAIL", "Address": address}],
            }
            for kind, address in kinds.items()
        ],
        ResourceTags=tags,
    )
    which = {"AccountId": ACCOUNT, "BudgetName": "monthly"}
    found = {
        kind: budgets.describe_subscribers_for_notification(**which, Notification=told[kind])["Subscribers"]
        for kind in kinds
    }
    assert kinds == {kind: subscribers[0]["Address"] for kind, subscribers in found.items()}
    arn = f"arn:aws:budgets::{ACCOUNT}:budget/monthly"
    assert tags == budgets.list_tags_for_resource(ResourceARN=arn)["ResourceTags"]
