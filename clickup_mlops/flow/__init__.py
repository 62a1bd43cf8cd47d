"""How work flows: arrivals, waiting, cycle times, ageing, forecasts. Pure."""
