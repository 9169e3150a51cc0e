output "lakehouse" {
  description = "Outputs of the lakehouse's stack."
  value       = aws_cloudformation_stack.lakehouse.outputs
}

output "ecs" {
  description = "Outputs of Dagster's stack on ECS; null without one."
  value       = one(aws_cloudformation_stack.ecs[*].outputs)
}
