# The templates of this folder as stacks, for those whose account is Terraform's: CloudFormation makes and keeps everything,
# Terraform hands it the parameters and takes its outputs.

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

# A template of this size is taken from a bucket alone. Another text is another key, which is what makes a stack change.
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
  # Its imports are of outputs that the other stack must have by then.
  depends_on = [aws_cloudformation_stack.lakehouse]
}
