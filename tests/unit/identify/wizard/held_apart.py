"""Exports in names that were not used while the wizard was developed: Portuguese accounts, API names, an own system."""

from tests.unit.identify.wizard.exports import Export, activity, company, deal, export, person

N = range(60)


def pipedrive_in_portuguese() -> list[Export]:
    """A Brazilian account: localised headers, comma, days first."""
    return [
        export("organizacoes.csv", "companies", [
            ("Organização - ID", "id", None), ("Organização - Nome", "name", "name"),
            ("Organização - Endereço", "noise", None), ("Organização - CNPJ/CPF", "cnpj", "cnpj"),
            ("Organização - Data de criação", "since", "customer_since"),
        ], [company(i, "%d/%m/%Y") for i in N], encoding="windows-1252", separator=";"),
        export("negocios.csv", "opportunities", [
            ("Negócio - ID", "id", "opportunity_id"), ("Negócio - Título", "title", None),
            ("Negócio - Valor", "value", "value"), ("Negócio - Moeda do valor", "currency", None),
            ("Negócio - Etapa", "stage", "stage"), ("Negócio - Funil", "noise", None),
            ("Negócio - Status", "status", "result"), ("Negócio - Probabilidade", "probability", "seller_probability"),
            ("Negócio - Proprietário", "owner", "owner_id"), ("Negócio - Negócio criado em", "created", "created_on"),
            ("Negócio - Data de fechamento esperada", "close", "expected_close_on"),
            ("Negócio - Motivo da perda", "reason", "loss_reason"), ("Negócio - Data de ganho", "closed", "closed_on"),
            ("Organização - Nome", "company", "customer_id"), ("Pessoa - Nome", "owner", None),
        ], [deal(i, "%d/%m/%Y", ",", ("aberto", "perdido", "ganho")) for i in N],
            encoding="windows-1252", separator=";"),
        export("pessoas.csv", "contacts", [
            ("Pessoa - ID", "id", "contact_id"), ("Pessoa - Nome", "name", "name"),
            ("Pessoa - E-mail - Trabalho", "email", "email"), ("Pessoa - Telefone - Celular", "phone", "phone"),
            ("Pessoa - Organização", "company", "customer_id"), ("Pessoa - Cargo", "job", "job_title"),
        ], [person(i) for i in N], separator=";"),
    ]  # fmt: skip


def salesforce_api() -> list[Export]:
    """API names of a data export."""
    stages = ("Prospecting", "Closed Lost", "Closed Won")
    return [
        export("Account.csv", "companies", [
            ("Id", "id", "customer_id"), ("Name", "name", "name"), ("BillingCity", "city", "city"),
            ("BillingState", "state", "state"), ("BillingStreet", "noise", None), ("Phone", "phone", "phone"),
            ("Website", "domain", "domain"), ("NumberOfEmployees", "employees", "employees"),
            ("CNPJ__c", "cnpj", "cnpj"),
            ("CreatedDate", "since", "customer_since"),
        ], [company(i) for i in N]),
        export("Opportunity.csv", "opportunities", [
            ("Id", "id", "opportunity_id"), ("Name", "title", None), ("AccountId", "company_id", "customer_id"),
            ("StageName", "status", "stage"), ("Amount", "value", "value"), ("CloseDate", "close", "expected_close_on"),
            ("Probability", "probability", "seller_probability"), ("ForecastCategory", "noise", None),
            ("LeadSource", "source", "origin"), ("OwnerId", "owner", "owner_id"),
            ("CreatedDate", "created", "created_on"),
        ], [deal(i, "%Y-%m-%d", ".", stages) for i in N]),
        export("Contact.csv", "contacts", [
            ("Id", "id", "contact_id"), ("AccountId", "company_id", "customer_id"), ("FirstName", "first", None),
            ("LastName", "last", None), ("Email", "email", "email"), ("MobilePhone", "phone", "phone"),
            ("Title", "job", "job_title"),
        ], [person(i) for i in N]),
        export("Task.csv", "activities", [
            ("Id", "id", "activity_id"), ("Subject", "subject", None), ("TaskSubtype", "kind", "kind"),
            ("ActivityDate", "at", "at"), ("OwnerId", "owner", "user_id"), ("WhatId", "deal", "opportunity_id"),
            ("AccountId", "company_id", "customer_id"),
        ], [activity(i, "%Y-%m-%d", ("Call", "Email", "Event")) for i in N]),
    ]  # fmt: skip


def own_system() -> list[Export]:
    """What a small company types into a system of its own."""
    return [
        export("cadastro_geral.csv", "companies", [
            ("Cód.", "id", "customer_id"), ("Razão", "name", "name"), ("Docto", "cnpj", "cnpj"),
            ("Município", "city", "city"), ("U.F.", "state", "state"), ("Fone 1", "phone", "phone"),
            ("Qtde Funcionários", "employees", "employees"), ("Dt. Cadastro", "since", "customer_since"),
            ("Logradouro", "noise", None),
        ], [company(i, "%d/%m/%Y") for i in N], separator=";", encoding="windows-1252"),
        export("oportunidades_2024.csv", "opportunities", [
            ("Nº", "id", "opportunity_id"), ("Assunto", "title", None), ("Cód. Cliente", "company_id", "customer_id"),
            ("Vlr Total", "value", "value"), ("Fase", "stage", "stage"), ("Situação", "status", "result"),
            ("Vendedora", "owner", "owner_id"), ("Dt. Abertura", "created", "created_on"),
            ("Prev. Fechamento", "close", "expected_close_on"), ("Chance (%)", "probability", "seller_probability"),
        ], [deal(i, "%d/%m/%Y", ",", ("Aberta", "Perdida", "Ganha")) for i in N], separator=";",
            encoding="windows-1252"),
    ]  # fmt: skip
