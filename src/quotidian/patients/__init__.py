"""Virtual children: growth references and the child."""
