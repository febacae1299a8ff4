"""Rules, routes, dashboards and monitors: what checks each of them."""
