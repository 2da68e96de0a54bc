"""The GraphQL API: schema, context, loaders, errors, one module per noun."""
