"""Networks of the learned methods, built from their weights for OpenVINO; none needs torch."""
