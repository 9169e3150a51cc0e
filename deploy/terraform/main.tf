# The templates of this folder as stacks, for accounts managed by Terraform: CloudFormation creates and keeps
# everything, Terraform passes the parameters and reads the outputs.

terraform {
  required_version = ">= 1.5"
  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = ">= 5.0"
    }
  }
}

data "aws_region" "current" {}

locals {
  templates = {
    lakehouse = "${path.module}/../template.yaml"
    ecs       = "${path.module}/../ecs.yaml"
  }
}

# CloudFormation reads a template of this size only from a bucket. A changed template has another key, which updates the
# stack.
resource "aws_s3_object" "template" {
  for_each = local.templates
  bucket   = var.deploy_bucket
  key      = "${each.key}-${filesha256(each.value)}.yaml"
  source   = each.value
}

resource "aws_cloudformation_stack" "lakehouse" {
  name         = var.lakehouse_stack
  template_url = "https://${var.deploy_bucket}.s3.${data.aws_region.current.id}.amazonaws.com/${aws_s3_object.template["lakehouse"].key}"
  capabilities = ["CAPABILITY_IAM"]
  parameters   = var.lakehouse_parameters
  tags         = var.tags
}

resource "aws_cloudformation_stack" "ecs" {
  count        = length(var.ecs_parameters) > 0 ? 1 : 0
  name         = var.ecs_stack
  template_url = "https://${var.deploy_bucket}.s3.${data.aws_region.current.id}.amazonaws.com/${aws_s3_object.template["ecs"].key}"
  capabilities = ["CAPABILITY_IAM"]
  parameters   = merge(var.ecs_parameters, { Lakehouse = aws_cloudformation_stack.lakehouse.name })
  tags         = var.tags
  # It imports the other stack's outputs.
  depends_on = [aws_cloudformation_stack.lakehouse]
}
