"""The exports the wizard was developed on: Pipedrive, HubSpot and Salesforce, all four objects."""

from tests.unit.identify.wizard.exports import Export, activity, company, deal, export, person

N = range(60)
WON = ("open", "lost", "won")
CALLS = ("call", "meeting", "email")


def pipedrive() -> list[Export]:
    """`Object - Field` headers; the organisation is told by its name."""
    return [
        export("organizations.csv", "companies", [
            ("Organization - ID", "id", None), ("Organization - Name", "name", "name"),
            ("Organization - CNPJ", "cnpj", "cnpj"), ("Organization - Address", "noise", None),
            ("Organization - Organization created", "since", "customer_since"),
        ], [company(i) for i in N]),
        export("deals.csv", "opportunities", [
            ("Deal - ID", "id", "opportunity_id"), ("Deal - Title", "title", None), ("Deal - Value", "value", "value"),
            ("Deal - Currency of value", "currency", None), ("Deal - Stage", "stage", "stage"),
            ("Deal - Pipeline", "noise", None), ("Deal - Status", "status", "result"),
            ("Deal - Probability", "probability", "seller_probability"), ("Deal - Owner", "owner", "owner_id"),
            ("Deal - Deal created", "created", "created_on"), ("Deal - Won time", "closed", "closed_on"),
            ("Deal - Expected close date", "close", "expected_close_on"),
            ("Deal - Lost reason", "reason", "loss_reason"),
            ("Organization - Name", "company", "customer_id"), ("Person - Name", "owner", None),
        ], [deal(i, "%Y-%m-%d", ".", WON) for i in N]),
        export("people.csv", "contacts", [
            ("Person - ID", "id", "contact_id"), ("Person - Name", "name", "name"),
            ("Person - Email - Work", "email", "email"), ("Person - Phone - Work", "phone", "phone"),
            ("Person - Organization", "company", "customer_id"), ("Person - Job title", "job", "job_title"),
        ], [person(i) for i in N]),
        export("pipedrive-activities.csv", "activities", [
            ("Activity - ID", "id", "activity_id"), ("Activity - Subject", "subject", None),
            ("Activity - Type", "kind", "kind"), ("Activity - Due date", "at", "at"),
            ("Activity - Duration", "minutes", "minutes"), ("Activity - Assigned to user", "owner", "user_id"),
            ("Organization - Name", "company", "customer_id"), ("Deal - ID", "deal", "opportunity_id"),
        ], [activity(i, "%Y-%m-%d", CALLS) for i in N]),
    ]  # fmt: skip


def hubspot() -> list[Export]:
    """Record ids; the company by its id; the result is in the stage."""
    stages = ("Appointment Scheduled", "Closed Lost", "Closed Won")
    return [
        export("hubspot-companies.csv", "companies", [
            ("Record ID", "id", "customer_id"), ("Company name", "name", "name"),
            ("Company Domain Name", "domain", "domain"), ("City", "city", "city"), ("State/Region", "state", "state"),
            ("Phone Number", "phone", "phone"), ("Number of Employees", "employees", "employees"),
            ("Create Date", "since", "customer_since"), ("Street Address", "noise", None),
        ], [company(i) for i in N]),
        export("hubspot-deals.csv", "opportunities", [
            ("Record ID", "id", "opportunity_id"), ("Deal Name", "title", None), ("Pipeline", "noise", None),
            ("Deal Stage", "status", "stage"), ("Amount", "value", "value"),
            ("Close Date", "close", "expected_close_on"),
            ("Create Date", "created", "created_on"), ("Deal owner", "owner", "owner_id"),
            ("Associated Company IDs", "company_id", "customer_id"), ("Associated Company", "company", "account_name"),
        ], [deal(i, "%Y-%m-%d %H:%M", ".", stages) for i in N]),
        export("hubspot-contacts.csv", "contacts", [
            ("Record ID", "id", "contact_id"), ("First Name", "first", None), ("Last Name", "last", None),
            ("Email", "email", "email"), ("Phone Number", "phone", "phone"), ("Job Title", "job", "job_title"),
            ("Associated Company IDs", "company_id", "customer_id"),
        ], [person(i) for i in N]),
    ]  # fmt: skip


def hubspot_in_portuguese() -> list[Export]:
    """A Brazilian account: headers and stages in its language, comma, days first."""
    stages = ("Contrato enviado", "Negócio perdido", "Negócio ganho")
    return [
        export("empresas.csv", "companies", [
            ("ID do registro", "id", "customer_id"), ("Nome da empresa", "name", "name"),
            ("Nome de domínio da empresa", "domain", "domain"), ("Cidade", "city", "city"),
            ("Estado/Região", "state", "state"), ("Número de telefone", "phone", "phone"),
            ("Número de funcionários", "employees", "employees"), ("Data de criação", "since", "customer_since"),
        ], [company(i, "%d/%m/%Y") for i in N], separator=";"),
        export("negocios.csv", "opportunities", [
            ("ID do registro", "id", "opportunity_id"), ("Nome do negócio", "title", None),
            ("Pipeline", "noise", None), ("Etapa do negócio", "status", "stage"), ("Valor", "value", "value"),
            ("Data de fechamento", "close", "expected_close_on"), ("Data de criação", "created", "created_on"),
            ("Proprietário do negócio", "owner", "owner_id"),
            ("IDs de empresas associadas", "company_id", "customer_id"),
            ("Empresa associada", "company", "account_name"),
        ], [deal(i, "%d/%m/%Y", ",", stages) for i in N], separator=";"),
    ]  # fmt: skip


def salesforce() -> list[Export]:
    """Labels of reports; days month first."""
    stages = ("Prospecting", "Closed Lost", "Closed Won")
    return [
        export("accounts.csv", "companies", [
            ("Account ID", "id", "customer_id"), ("Account Name", "name", "name"), ("Website", "domain", "domain"),
            ("Billing City", "city", "city"), ("Billing State/Province", "state", "state"), ("Phone", "phone", "phone"),
            ("Employees", "employees", "employees"), ("Created Date", "since", "customer_since"),
        ], [company(i, "%m/%d/%Y") for i in N]),
        export("report-opportunities.csv", "opportunities", [
            ("Opportunity ID", "id", "opportunity_id"), ("Opportunity Name", "title", None),
            ("Account ID", "company_id", "customer_id"), ("Account Name", "company", "account_name"),
            ("Stage", "status", "stage"), ("Close Date", "close", "expected_close_on"), ("Amount", "value", "value"),
            ("Probability (%)", "probability", "seller_probability"), ("Lead Source", "source", "origin"),
            ("Created Date", "created", "created_on"), ("Opportunity Owner", "owner", "owner_id"),
        ], [deal(i, "%m/%d/%Y", ".", stages) for i in N]),
        export("report-tasks.csv", "activities", [
            ("Activity ID", "id", "activity_id"), ("Subject", "subject", None), ("Task Subtype", "kind", "kind"),
            ("Date", "at", "at"), ("Assigned", "owner", "user_id"), ("Opportunity ID", "deal", "opportunity_id"),
            ("Company / Account", "company_id", "customer_id"),
        ], [activity(i, "%m/%d/%Y", ("Call", "Email", "Event")) for i in N]),
    ]  # fmt: skip
