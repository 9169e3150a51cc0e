variable "deploy_bucket" {
  description = "Your bucket in this region that the templates are uploaded to."
  type        = string
}

variable "lakehouse_stack" {
  description = "Name of the lakehouse's stack."
  type        = string
  default     = "spotify-lakehouse"
}

variable "lakehouse_parameters" {
  description = "Parameters of template.yaml; others keep their defaults."
  type        = map(string)
  default     = {}
}

variable "ecs_stack" {
  description = "Name of Dagster's stack on ECS."
  type        = string
  default     = "spotify-dagster"
}

variable "ecs_parameters" {
  description = "Parameters of ecs.yaml, without Lakehouse. Empty for no Dagster on ECS."
  type        = map(string)
  default     = {}
}

variable "tags" {
  description = "Tags of both stacks and of all their resources."
  type        = map(string)
  default     = { Project = "spotify-lakehouse" }
}
