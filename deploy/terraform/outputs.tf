output "lakehouse" {
  description = "Outputs of the lakehouse's stack."
  value       = aws_cloudformation_stack.lakehouse.outputs
}

output "ecs" {
  description = "Outputs of Dagster's stack on ECS; empty where there is none."
  value       = one(aws_cloudformation_stack.ecs[*].outputs)
}
