"""One thing a person may see or do; `permissions.py` says which role may."""

from enum import StrEnum


class Capability(StrEnum):
    """One thing a person may see or do; rows are limited further by the role's `Scope`."""

    CUSTOMERS = "customers"  # lists, search and the 360 without contacts
    CONTACTS = "contacts"  # personal data of a customer's people, with a purpose, audited
    COMMERCIAL = "commercial"  # sellers' activities and opportunities with a customer
    EXPORT = "export"  # files of the rows they see
    SEGMENTS = "segments"
    MODELS = "models"  # comparison of algorithms, model cards
    STEER_SEGMENTS = "steer_segments"  # another candidate, a name of one's own: the next run follows
    PROPOSALS = "proposals"
    OUTREACH = "outreach"  # turn a proposal into a contact, do tasks and say what came of them
    APPROVALS = "approvals"  # say yes or no to contacts that others prepared
    DELIVERY = "delivery"  # what was sent, to whom, why, and what came back
    EFFECTS = "effects"  # what campaigns did, over all the customers of each
    REDELIVERY = "redelivery"  # send again what died, settle what is in doubt
    SWITCHES = "switches"  # stop a channel or everything
    RULES = "rules"  # the contact rules in force
    STEER_RULES = "steer_rules"  # write the contact rules, put a version in force
    JOURNEYS = "journeys"  # journeys, who is inside of the customers they see, what came of it
    DRAW_JOURNEYS = "draw_journeys"  # draw a journey and propose a version
    RUN_JOURNEYS = "run_journeys"  # approve versions, pause, resume, drain, roll back
    QUALITY = "quality"  # counts per source, loads
    REJECTED_ROWS = "rejected_rows"  # the rows set aside, without personal data
    RELEASE_LOADS = "release_loads"  # let in a load that broke a critical rule
    CATALOGUE = "catalogue"  # tables and columns: what they mean and where they come from
    PROFILES = "profiles"  # how the values of a table are spread, personal ones apart
    SOURCES = "sources"  # files of other systems: upload, mapping, declaration
    RESOLUTION = "resolution"  # records that may be one company: what speaks for it, a person's answer
    ASK = "ask"  # questions about the customers they see, the dictionary of metrics
    DEFINE_METRICS = "define_metrics"  # add a metric of this house, put a version of them in force
    OVERVIEW = "overview"  # totals of the whole base
    TEAM = "team"  # how their people are doing
    PEOPLE = "people"  # users, teams, roles
    AUDIT = "audit"
    PRIVACY = "privacy"  # rights of data subjects: find, report, export, erase, requests, operations (LGPD)
