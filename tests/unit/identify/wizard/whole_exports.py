"""Whole exports of Pipedrive, HubSpot and Salesforce: every column these products write, of which few are ours."""

from datetime import UTC, datetime, timedelta

from tests.unit.identify.wizard.exports import CITIES, Export, name

FIRMS, DEALS, PEOPLE, TASKS = range(24), range(60), range(36), range(48)
OWNERS, STATES = ("Ana Lima", "Beto Reis"), ("SP", "PR", "PE", "MG")
Row = dict[str, object]


def at(i: int, form: str, hours: int = 9) -> str:
    """A moment of 2025 and 2026."""
    return (datetime(2025, 1, 6, hours, 30, tzinfo=UTC) + timedelta(days=9 * i)).strftime(form)


def written(file: str, table: str, rows: list[Row]) -> Export:
    """An export of these rows; what is no text is written as the product does."""
    headers = list(rows[0])
    return Export(file, table, dict.fromkeys(headers), [[str(row[header]) for header in headers] for row in rows])


def money(i: int) -> str:
    """The value of a deal."""
    return f"{1000 + 137.5 * i:.2f}"


def pipedrive() -> list[Export]:
    """List views exported with all columns; a deal names its organisation."""
    stages, status = ("Qualified", "Proposal Made", "Negotiations Started"), ("open", "lost", "won")
    day, moment = "%Y-%m-%d", "%Y-%m-%d %H:%M:%S"
    return [
        written("organizations-1234567-12.csv", "companies", [{
            "Organization - ID": i + 1, "Organization - Name": name(i), "Organization - Label": "",
            "Organization - Address": f"Rua {i}, {CITIES[i % 4]}",
            "Organization - City/town/village/locality of Address": CITIES[i % 4],
            "Organization - State/county of Address": STATES[i % 4],
            "Organization - Country of Address": "Brazil", "Organization - Owner": OWNERS[i % 2],
            "Organization - People": 1, "Organization - Open deals": 1, "Organization - Won deals": 1,
            "Organization - Organization created": at(i, moment), "Organization - Update time": at(i + 2, moment),
            "Organization - Next activity date": "", "Organization - Visible to": "Everyone in the company",
        } for i in FIRMS]),
        written("deals-1234567-13.csv", "opportunities", [{
            "Deal - ID": i + 1, "Deal - Title": f"{name(i % 24)} deal", "Deal - Creator": OWNERS[0],
            "Deal - Owner": OWNERS[i % 2], "Deal - Value": money(i), "Deal - Currency of Value": "BRL",
            "Deal - Weighted value": money(i), "Deal - Probability": 10 + i, "Deal - Organization": name(i % 24),
            "Deal - Contact person": f"Pessoa {i % 24}", "Deal - Pipeline": "Pipeline", "Deal - Stage": stages[i % 3],
            "Deal - Label": "", "Deal - Status": status[i % 3], "Deal - Deal created": at(i, moment),
            "Deal - Update time": at(i + 1, moment), "Deal - Last stage change": at(i + 1, moment),
            "Deal - Next activity date": "", "Deal - Last activity date": at(i, day),
            "Deal - Won time": at(i + 3, moment) if i % 3 == 2 else "",
            "Deal - Lost time": at(i + 3, moment) if i % 3 == 1 else "",
            "Deal - Deal closed on": at(i + 3, moment) if i % 3 else "",
            "Deal - Lost reason": "Preço" if i % 3 == 1 else "", "Deal - Visible to": "Everyone in the company",
            "Deal - Total activities": 2, "Deal - Done activities": 1, "Deal - Activities to do": 1,
            "Deal - Email messages count": 0, "Deal - Expected close date": at(i + 5, day),
        } for i in DEALS]),
        written("people-1234567-14.csv", "contacts", [{
            "Person - ID": i + 1, "Person - Name": f"Pessoa {i}", "Person - Label": "",
            "Person - Organization": name(i % 24), "Person - Email - Work": f"pessoa{i}@empresa{i % 24}.com.br",
            "Person - Email - Home": "", "Person - Email - Other": "",
            "Person - Phone - Work": f"+55 11 9{1000 + i}-{2000 + i}", "Person - Phone - Home": "",
            "Person - Phone - Mobile": "", "Person - Owner": OWNERS[i % 2], "Person - Open deals": 1,
            "Person - Closed deals": 0, "Person - Person created": at(i, moment), "Person - Job title": "Diretora",
            "Person - Marketing status": "Subscribed",
        } for i in PEOPLE]),
        written("activities-1234567-15.csv", "activities", [{
            "Activity - ID": i + 1, "Activity - Subject": "Falar",
            "Activity - Type": ("call", "meeting", "email")[i % 3],
            "Activity - Done": "Done", "Activity - Due date": at(i, day), "Activity - Due time": "14:30",
            "Activity - Duration": "00:30", "Activity - Assigned to user": OWNERS[i % 2],
            "Activity - Creator": OWNERS[0], "Activity - Add time": at(i, moment), "Activity - Note": "",
            "Organization - Name": name(i % 24), "Person - Name": f"Pessoa {i % 24}",
            "Deal - Title": f"{name(i % 24)} deal", "Deal - ID": i + 1,
        } for i in TASKS]),
    ]  # fmt: skip


def hubspot() -> list[Export]:
    """CRM exports of each object; records name each other by record id."""
    stages = ("Appointment Scheduled", "Closed Lost", "Closed Won")
    moment = "%Y-%m-%d %H:%M"

    def firm(i: int) -> int:
        return 9_000_000_000 + 37 * i

    return [
        written("all-companies.csv", "companies", [{
            "Record ID": firm(i), "Company name": name(i), "Company owner": OWNERS[i % 2],
            "Create Date": at(i, moment), "Phone Number": f"+55 11 3{100 + i}-{2000 + i}",
            "Last Activity Date": at(i + 3, moment), "City": CITIES[i % 4], "Country/Region": "Brazil",
            "Industry": "RETAIL", "Company Domain Name": f"empresa{i}.com.br", "State/Region": STATES[i % 4],
            "Number of Employees": 5 + 7 * i, "Annual Revenue": 100_000 + i, "Lifecycle Stage": "customer",
        } for i in FIRMS]),
        written("all-deals.csv", "opportunities", [{
            "Record ID": 8_000_000_000 + i, "Deal Name": f"{name(i % 24)} - new", "Deal Stage": stages[i % 3],
            "Close Date": at(i + 5, moment), "Deal owner": OWNERS[i % 2], "Amount": money(i),
            "Pipeline": "Sales Pipeline", "Create Date": at(i, moment), "Deal Type": "New Business",
            "Deal probability": ("0.2", "0.0", "1.0")[i % 3], "Closed Lost Reason": "Preço" if i % 3 == 1 else "",
            "Last Activity Date": at(i + 1, moment), "Number of Associated Contacts": 1,
            "Associated Contact IDs": 7_000_000_000 + i % 24, "Associated Contact": f"Pessoa {i % 24} Silva",
            "Associated Company IDs": firm(i % 24), "Associated Company": name(i % 24),
        } for i in DEALS]),
        written("all-contacts.csv", "contacts", [{
            "Record ID": 7_000_000_000 + i, "First Name": f"Pessoa {i}", "Last Name": "Silva",
            "Email": f"pessoa{i}@empresa{i % 24}.com.br", "Phone Number": f"(11) 9{1000 + i}-{2000 + i}",
            "Contact owner": OWNERS[i % 2], "Associated Company IDs": firm(i % 24), "Associated Company": name(i % 24),
            "Last Activity Date": at(i, moment), "Lead Status": "OPEN", "Marketing contact status": "Marketing contact",
            "Create Date": at(i, moment), "Job Title": "Diretora", "Lifecycle Stage": "customer",
        } for i in PEOPLE]),
        written("all-tasks.csv", "activities", [{
            "Record ID": 6_000_000_000 + i, "Task Title": "Falar", "Task Type": ("CALL", "EMAIL", "TODO")[i % 3],
            "Task Status": "COMPLETED", "Due date": at(i, moment), "Activity assigned to": OWNERS[i % 2],
            "Priority": "NONE", "Associated Contact IDs": 7_000_000_000 + i % 24,
            "Associated Company IDs": firm(i % 24), "Associated Deal IDs": 8_000_000_000 + i,
        } for i in TASKS]),
    ]  # fmt: skip


def salesforce() -> list[Export]:
    """The weekly data export: API names, ids of eighteen signs, moments in UTC."""
    stages = ("Prospecting", "Closed Lost", "Closed Won")
    moment, day = "%Y-%m-%dT%H:%M:%S.000Z", "%Y-%m-%d"

    def code(prefix: str, i: int) -> str:
        return f"{prefix}Dn00000{i:06d}IAG"

    return [
        written("Account.csv", "companies", [{
            "Id": code("001", i), "IsDeleted": 0, "MasterRecordId": "", "Name": name(i), "Type": "Customer",
            "ParentId": "", "BillingStreet": f"Rua {i}", "BillingCity": CITIES[i % 4], "BillingState": STATES[i % 4],
            "BillingPostalCode": "01000-000", "BillingCountry": "Brazil", "Phone": f"(11) 3{100 + i}-{2000 + i}",
            "Fax": "", "Website": f"www.empresa{i}.com.br", "Industry": "Retail", "AnnualRevenue": 100_000 + i,
            "NumberOfEmployees": 5 + 7 * i, "Ownership": "Private", "OwnerId": code("005", i % 2),
            "CreatedDate": at(i, moment), "CreatedById": code("005", 0), "LastModifiedDate": at(i + 2, moment),
            "SystemModstamp": at(i + 2, moment),
        } for i in FIRMS]),
        written("Opportunity.csv", "opportunities", [{
            "Id": code("006", i), "IsDeleted": 0, "AccountId": code("001", i % 24), "Name": f"{name(i % 24)} - 1",
            "Description": "", "StageName": stages[i % 3], "Amount": money(i), "Probability": (10, 0, 100)[i % 3],
            "ExpectedRevenue": money(i), "TotalOpportunityQuantity": "", "CloseDate": at(i + 5, day),
            "Type": "New Customer", "NextStep": "", "LeadSource": "Web", "IsClosed": int(i % 3 > 0),
            "IsWon": int(i % 3 == 2), "ForecastCategory": "Pipeline", "ForecastCategoryName": "Pipeline",
            "CampaignId": "", "HasOpportunityLineItem": 0, "Pricebook2Id": "", "OwnerId": code("005", i % 2),
            "CreatedDate": at(i, moment), "CreatedById": code("005", 0), "LastModifiedDate": at(i + 2, moment),
            "LastActivityDate": "", "FiscalQuarter": 1, "FiscalYear": 2025, "Fiscal": "2025 1",
        } for i in DEALS]),
        written("Contact.csv", "contacts", [{
            "Id": code("003", i), "IsDeleted": 0, "AccountId": code("001", i % 24), "LastName": "Silva",
            "FirstName": f"Pessoa {i}", "Salutation": "", "Name": f"Pessoa {i} Silva", "MailingCity": CITIES[i % 4],
            "Phone": f"(11) 3{100 + i}-{2000 + i}", "MobilePhone": f"(11) 9{1000 + i}-{2000 + i}",
            "Email": f"pessoa{i}@empresa{i % 24}.com.br", "Title": "Diretora", "Department": "",
            "LeadSource": "Web", "OwnerId": code("005", i % 2), "HasOptedOutOfEmail": 0,
            "CreatedDate": at(i, moment), "CreatedById": code("005", 0), "LastModifiedDate": at(i, moment),
        } for i in PEOPLE]),
        written("Task.csv", "activities", [{
            "Id": code("00T", i), "WhoId": code("003", i % 36), "WhatId": code("006", i), "Subject": "Call",
            "ActivityDate": at(i, day), "Status": "Completed", "Priority": "Normal", "OwnerId": code("005", i % 2),
            "Description": "", "IsDeleted": 0, "AccountId": code("001", i % 24), "IsClosed": 1,
            "TaskSubtype": ("Call", "Email", "Task")[i % 3], "CallDurationInSeconds": 60 * (i % 9),
            "CreatedDate": at(i, moment),
        } for i in TASKS]),
    ]  # fmt: skip
