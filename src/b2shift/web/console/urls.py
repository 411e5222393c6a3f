"""Addresses of the pages."""

from django.urls import URLPattern, path
from django.views.i18n import set_language

from b2shift.web.console import devices, palette, password, preferences
from b2shift.web.console.accuracy import views as accuracy
from b2shift.web.console.actions import views as actions
from b2shift.web.console.alerts import views as alerts
from b2shift.web.console.ask import views as ask
from b2shift.web.console.audit import views as audit
from b2shift.web.console.board import arranging
from b2shift.web.console.board import views as board
from b2shift.web.console.campaigns import composing as campaign_text
from b2shift.web.console.campaigns import costs
from b2shift.web.console.campaigns import views as campaigns
from b2shift.web.console.catalogue import profile
from b2shift.web.console.catalogue import views as catalogue
from b2shift.web.console.contacts import approvals, compose, tasks
from b2shift.web.console.customer import as_of, consents, dossier, evolution
from b2shift.web.console.customer import views as customer
from b2shift.web.console.customers import saved_pages as saved
from b2shift.web.console.customers import views as customers
from b2shift.web.console.deliveries import stops
from b2shift.web.console.deliveries import views as deliveries
from b2shift.web.console.due import views as due
from b2shift.web.console.effects import persuasion
from b2shift.web.console.effects import views as effects
from b2shift.web.console.goals import views as goals
from b2shift.web.console.home import views as home
from b2shift.web.console.journeys import draft_views
from b2shift.web.console.journeys import versions as journey_versions
from b2shift.web.console.journeys import views as journeys
from b2shift.web.console.keys import views as keys
from b2shift.web.console.metrics import editing as metric_text
from b2shift.web.console.metrics import views as metrics
from b2shift.web.console.people import views as people
from b2shift.web.console.policy import adjusting as rule_values
from b2shift.web.console.policy import editing as rule_text
from b2shift.web.console.policy import replaying
from b2shift.web.console.policy import views as policy
from b2shift.web.console.privacy import erasures
from b2shift.web.console.privacy import requests as rights
from b2shift.web.console.privacy import views as privacy
from b2shift.web.console.quality import quarantine, review
from b2shift.web.console.quality import views as quality
from b2shift.web.console.reports import views as reports
from b2shift.web.console.resolution import contacts as contact_pairs
from b2shift.web.console.resolution import prospects
from b2shift.web.console.resolution import views as resolution
from b2shift.web.console.rfm import views as rfm
from b2shift.web.console.segments import views as segments
from b2shift.web.console.selection import scores, steering, versions
from b2shift.web.console.selection import views as selection
from b2shift.web.console.simulator import views as simulator
from b2shift.web.console.sources import changes as source_changes
from b2shift.web.console.sources import loads
from b2shift.web.console.sources import views as sources
from b2shift.web.console.stages import views as stages
from b2shift.web.console.templates import views as templates
from b2shift.web.console.units import views as units

app_name = "console"
urlpatterns: list[URLPattern] = [
    path("", home.index, name="home"),
    path("busca/", palette.results, name="search"),
    path("preferencias/", preferences.preferences, name="preferences"),
    path("preferencias/aparelhos/", devices.add, name="device_add"),
    path("preferencias/aparelhos/<int:key>/desligar/", devices.end, name="device_end"),
    path("avisos.js", devices.worker, name="push_worker"),
    path("senha/", password.own_password, name="own_password"),
    path("unidade/", preferences.unit, name="unit"),
    path("idioma/", set_language, name="language"),
    path("perguntar/", ask.index, name="ask"),
    path("perguntar/resposta/", ask.reply, name="ask_reply"),
    path("perguntar/passo-a-passo/", ask.stream, name="ask_stream"),
    path("copiloto/", ask.copilot, name="copilot"),
    path("perguntar/nova-conversa/", ask.start_again, name="ask_again"),
    path("perguntar/linhas/", ask.rows, name="ask_rows"),
    path("perguntar/exportar/", ask.export, name="ask_export"),
    path("painel/", board.index, name="board"),
    path("painel/guardar/", board.keep, name="board_keep"),
    path("painel/voltar/", arranging.take_back, name="board_back"),
    path("painel/<int:key>/tirar/", arranging.remove, name="board_remove"),
    path("painel/<int:key>/mover/", arranging.move, name="board_move"),
    path("painel/<int:key>/mudar/", arranging.change, name="board_change"),
    path("painel/<slug:name>/", board.ready, name="board_ready"),
    path("alertas/", alerts.index, name="alerts"),
    path("alertas/novo/", alerts.new, name="alert_new"),
    path("alertas/<int:key>/", alerts.detail, name="alert"),
    path("alertas/<int:key>/pausar/", alerts.pause, name="alert_pause"),
    path("alertas/<int:key>/confirmar/", alerts.confirm, name="alert_confirm"),
    path("alertas/<int:key>/apagar/", alerts.end, name="alert_end"),
    path("alertas/<int:key>/voltar/", alerts.back, name="alert_back"),
    path("relatorios/", reports.index, name="reports"),
    path("relatorios/novo/", reports.new, name="report_new"),
    path("relatorios/recebidos/", reports.received, name="reports_received"),
    path("relatorios/recebidos/<int:key>/", reports.edition, name="report_edition"),
    path("relatorios/<int:key>/agora/<str:form>/", reports.now, name="report_now"),
    path("relatorios/<int:key>/pausar/", reports.pause, name="report_pause"),
    path("relatorios/<int:key>/apagar/", reports.end, name="report_end"),
    path("relatorios/<int:key>/voltar/", reports.back, name="report_back"),
    path("metas/", goals.index, name="goals"),
    path("metas/gravar/", goals.keep, name="goal_keep"),
    path("metas/<int:key>/apagar/", goals.drop, name="goal_drop"),
    path("simulador/", simulator.index, name="simulator"),
    path("avisos/", alerts.notices, name="notices"),
    path("metricas/", metrics.index, name="metrics"),
    path("metricas/nova/", metric_text.edit, name="metric_edit"),
    path("metricas/conferir/", metric_text.check, name="metric_check"),
    path("metricas/exportar/", metric_text.export, name="metric_export"),
    path("metricas/versoes/", metric_text.versions, name="metric_versions"),
    path("metricas/versoes/<int:number>/voltar/", metric_text.restore, name="metric_restore"),
    path("metricas/<slug:name>/tirar/", metric_text.take_out, name="metric_take_out"),
    path("clientes/", customers.index, name="customers"),
    path("clientes/colunas/", customers.choose_columns, name="customers_columns"),
    path("clientes/recortes/", saved.save, name="customers_view_save"),
    path("clientes/recortes/desfazer/", saved.undo, name="customers_view_undo"),
    path("clientes/recortes/<int:key>/", saved.choose, name="customers_view"),
    path("clientes/recortes/<int:key>/nome/", saved.rename, name="customers_view_rename"),
    path("clientes/recortes/<int:key>/abrir-primeiro/", saved.open_first, name="customers_view_first"),
    path("clientes/recortes/<int:key>/apagar/", saved.delete, name="customers_view_delete"),
    path("clientes/exportar/", customers.export, name="customers_export"),
    path("clientes/<str:customer_id>/", customer.index, name="customer"),
    path("clientes/<str:customer_id>/historico/", customer.history, name="customer_history"),
    path("clientes/<str:customer_id>/listas/<str:name>/", customer.section, name="customer_section"),
    path("clientes/<str:customer_id>/contatos/", customer.contacts, name="customer_contacts"),
    path(
        "clientes/<str:customer_id>/pessoas/<path:person_id>/consentimentos/", consents.index, name="customer_consents"
    ),
    path("clientes/<str:customer_id>/como-era/", as_of.index, name="customer_was"),
    path("clientes/<str:customer_id>/evolucao/", evolution.index, name="customer_evolution"),
    path("clientes/<str:customer_id>/notas/", dossier.index, name="customer_scores"),
    path("etapas/", stages.index, name="stages"),
    path("segmentos/", segments.index, name="segments"),
    path("segmentos/mapa/", segments.map_of_customers, name="segments_map"),
    path("segmentos/comparar/", segments.compare, name="segments_compare"),
    path("segmentos/fluxos/", segments.movements, name="segments_flows"),
    path("segmentos/rfm/", rfm.index, name="rfm"),
    path("segmentos/<str:segment_id>/", segments.detail, name="segment"),
    path("segmentos/<str:segment_id>/nome/", steering.rename, name="segment_rename"),
    path("contatos-devidos/", due.index, name="due"),
    path("contatos-devidos/exportar/", due.export, name="due_export"),
    path("contatos-devidos/<str:proposal_id>/contato/", compose.write, name="compose"),
    path("aprovacoes/", approvals.index, name="approvals"),
    path("aprovacoes/meus/", approvals.mine, name="own_drafts"),
    path("aprovacoes/<int:key>/resposta/", approvals.answer, name="approval_answer"),
    path("aprovacoes/<int:key>/retirar/", approvals.withdraw, name="approval_withdraw"),
    path("tarefas/", tasks.index, name="tasks"),
    path("tarefas/<int:key>/resultado/", tasks.finish, name="task_finish"),
    path("tarefas/<int:key>/reabrir/", tasks.reopen, name="task_reopen"),
    path("tarefas/<int:key>/ligar/", tasks.call, name="task_call"),
    path("campanhas/", campaigns.index, name="campaigns"),
    path("campanhas/nova/", campaign_text.write, name="campaign_new"),
    path("campanhas/<int:key>/", campaigns.detail, name="campaign"),
    path("campanhas/<int:key>/clientes/", campaigns.customers, name="campaign_customers"),
    path("campanhas/<int:key>/resposta/", campaigns.decide, name="campaign_decide"),
    path("efeitos/", effects.index, name="effects"),
    path("efeitos/quem-se-convence/<str:measure>/<int:place>/", persuasion.customers, name="persuaded"),
    path("efeitos/<path:name>/clientes/", effects.customers, name="effect_customers"),
    path("efeitos/<path:name>/", effects.campaign, name="effect"),
    path("modelos-de-mensagem/", templates.index, name="templates"),
    path("modelos-de-mensagem/versoes/", templates.versions, name="template_versions"),
    path("modelos-de-mensagem/versoes/<int:number>/", templates.restore, name="template_restore"),
    path("modelos-de-mensagem/<slug:kind>/", templates.edit, name="template_edit"),
    path("envios/", deliveries.index, name="deliveries"),
    path("envios/contas/", costs.index, name="contact_costs"),
    path("envios/contas/negocios/", costs.deals, name="contact_deals"),
    path("envios/paradas/", stops.index, name="stops"),
    path("envios/paradas/mudar/", stops.change, name="stops_change"),
    path("envios/<int:key>/", deliveries.detail, name="delivery"),
    path("envios/<int:key>/resposta/", deliveries.settle, name="delivery_settle"),
    path("proximas-acoes/", actions.index, name="actions"),
    path("jornadas/", journeys.index, name="journeys"),
    path("jornadas/nova/", draft_views.begin, name="journey_new"),
    path("jornadas/estadas/<int:key>/", journeys.stay, name="journey_stay"),
    path("jornadas/versoes/<int:key>/", journey_versions.version, name="journey_version"),
    path("jornadas/versoes/<int:key>/resposta/", journey_versions.decide, name="journey_decide"),
    path("jornadas/<str:name>/", journeys.monitor, name="journey"),
    path("jornadas/<str:name>/clientes/", journeys.stays, name="journey_stays"),
    path("jornadas/<str:name>/mudar/", journey_versions.change, name="journey_change"),
    path("jornadas/<str:name>/desenhar/", draft_views.draw, name="journey_draw"),
    path("jornadas/<str:name>/desenhar/mudar/", draft_views.change, name="journey_sketch"),
    path("jornadas/<str:name>/desenhar/propor/", draft_views.propose, name="journey_propose"),
    path("regua/", policy.index, name="rules"),
    path("regua/ajustar/", rule_values.adjust, name="rules_adjust"),
    path("regua/ajustar/conferir/", rule_values.preview, name="rules_preview"),
    path("regua/editar/", rule_text.edit, name="rules_edit"),
    path("regua/conferir/", rule_text.check, name="rules_check"),
    path("regua/simular/", replaying.index, name="rules_replays"),
    path("regua/simular/<str:key>/", replaying.detail, name="rules_replay"),
    path("regua/simular/<str:key>/contatos/", replaying.rows, name="rules_replay_rows"),
    path("regua/versoes/", rule_text.versions, name="rule_versions"),
    path("regua/versoes/<int:number>/", rule_text.version, name="rule_version"),
    path("regua/versoes/<int:number>/voltar/", rule_text.restore, name="rule_restore"),
    path("modelos/", selection.index, name="models"),
    path("modelos/scores/", scores.index, name="model_scores"),
    path("modelos/scores/<slug:score>/", scores.detail, name="model_score"),
    path("modelos/conferencia/", accuracy.index, name="accuracy"),
    path("modelos/conferencia/<slug:score>/clientes/", accuracy.customers, name="foretold"),
    path("modelos/versoes/", scores.registry, name="model_versions"),
    path("modelos/escolher/", steering.prefer, name="models_prefer"),
    path("modelos/versao/", versions.promote, name="models_promote"),
    path("qualidade/", quality.index, name="quality"),
    path("qualidade/rejeitadas/", quality.rejected, name="quality_rejected"),
    path("qualidade/corrigidos/", quality.repaired, name="quality_repaired"),
    path("qualidade/mudancas/", quality.moved, name="quality_changes"),
    path("qualidade/relatorio.html", quality.before, name="quality_before"),
    path("qualidade/receita/", quality.revenue, name="quality_revenue"),
    path("qualidade/quarentena/", quarantine.answer, name="quality_release"),
    path("qualidade/revisao/", review.index, name="quality_review"),
    path("qualidade/revisao/resposta/", review.answer, name="quality_answer"),
    path("catalogo/", catalogue.index, name="catalogue"),
    path("catalogo/metrica/<str:name>/", catalogue.metric, name="catalogue_metric"),
    path("catalogo/<str:name>/", catalogue.table, name="catalogue_table"),
    path("catalogo/<str:name>/linhagem/", catalogue.lineage, name="catalogue_lineage"),
    path("catalogo/<str:name>/perfil/", profile.index, name="catalogue_profile"),
    path("catalogo/<str:name>/perfil/relatorio.html", profile.report, name="catalogue_profile_report"),
    path("empresas-repetidas/", resolution.index, name="resolution"),
    path("empresas-repetidas/resposta/", resolution.answer, name="resolution_answer"),
    path("empresas-repetidas/separar/", resolution.part, name="resolution_part"),
    path("empresas-repetidas/parecidas/", resolution.near, name="resolution_near"),
    path("empresas-repetidas/cliente/<str:customer_id>/", resolution.of_customer, name="resolution_of_customer"),
    path("empresas-repetidas/empresa/<path:entity>/", resolution.company, name="resolution_company"),
    path("prospects/", prospects.index, name="prospects"),
    path("prospects/<path:code>/pessoas/", prospects.contacts, name="prospect_contacts"),
    path("prospects/<path:code>/", prospects.detail, name="prospect"),
    path("contatos-repetidos/", contact_pairs.index, name="contact_pairs"),
    path("contatos-repetidos/nomes/", contact_pairs.name, name="contact_names"),
    path("contatos-repetidos/resposta/", contact_pairs.answer, name="contact_answer"),
    path("contatos-repetidos/separar/", contact_pairs.part, name="contact_part"),
    path("fontes/", sources.index, name="sources"),
    path("fontes/enviar/", sources.send, name="source_send"),
    path("fontes/nova/<str:key>/", sources.proposal, name="source_proposal"),
    path("fontes/nova/<str:key>/apagar/", sources.forget, name="source_forget"),
    path("fontes/cargas-pedidas/", loads.index, name="source_loads"),
    path("fontes/cargas-pedidas/enviar/", loads.send, name="source_load_send"),
    path("fontes/cargas-pedidas/nova/<str:key>/", loads.look, name="source_load_look"),
    path("fontes/cargas-pedidas/pedir/", loads.load, name="source_load"),
    path("fontes/cargas-pedidas/retomar/", loads.go_on, name="source_load_resume"),
    path("fontes/<str:name>/", sources.declaration, name="source"),
    path("fontes/<str:name>/editar/", source_changes.edit, name="source_edit"),
    path("fontes/<str:name>/apagar/", source_changes.delete, name="source_delete"),
    path("fontes/<str:name>/desfazer/", source_changes.undo, name="source_undo"),
    path("unidades/", units.index, name="units"),
    path("unidades/mudar/", units.edit, name="units_edit"),
    path("unidades/versoes/", units.versions, name="units_versions"),
    path("unidades/versoes/<int:number>/voltar/", units.restore, name="units_restore"),
    path("pessoas/", people.index, name="people"),
    path("pessoas/nova/", people.create, name="person_create"),
    path("pessoas/equipes/nova/", people.team, name="team_create"),
    path("pessoas/equipes/<int:key>/", people.team, name="team"),
    path("pessoas/<int:key>/", people.edit, name="person"),
    path("pessoas/<int:key>/senha/", people.reset, name="person_password"),
    path("chaves/", keys.index, name="keys"),
    path("chaves/<int:key>/revogar/", keys.end, name="key_end"),
    path("lgpd/", privacy.index, name="privacy"),
    path("lgpd/titulares/", privacy.persons, name="privacy_persons"),
    path("lgpd/titulares/<str:table>/<path:code>/previa/", privacy.preview, name="privacy_preview"),
    path("lgpd/titulares/<str:table>/<path:code>/exportar/", privacy.export, name="privacy_export"),
    path("lgpd/titulares/<str:table>/<path:code>/apagar/", erasures.order, name="privacy_erase"),
    path("lgpd/titulares/<str:table>/<path:code>/", privacy.person, name="privacy_person"),
    path("lgpd/eliminacoes/", erasures.index, name="privacy_erasures"),
    path("lgpd/eliminacoes/retomar/", erasures.go_on, name="privacy_erasures_resume"),
    path("lgpd/pedidos/", rights.index, name="privacy_requests"),
    path("lgpd/pedidos/novo/", rights.create, name="privacy_request_new"),
    path("lgpd/pedidos/<str:protocol>/", rights.detail, name="privacy_request"),
    path("lgpd/pedidos/<str:protocol>/assumir/", rights.take, name="privacy_request_take"),
    path("lgpd/pedidos/<str:protocol>/responder/", rights.answer, name="privacy_request_answer"),
    path("lgpd/operacoes/", privacy.record_of_operations, name="privacy_operations"),
    path("lgpd/operacoes/exportar/", privacy.operations_export, name="privacy_operations_export"),
    path("lgpd/leituras/", privacy.reads, name="privacy_reads"),
    path("lgpd/prazos/", privacy.retain, name="privacy_retain"),
    path("auditoria/", audit.index, name="audit"),
    path("auditoria/verificar/", audit.check, name="audit_check"),
]
