"""The nightly loop as an Airflow DAG: it only calls the command line, which is incremental and may be repeated.

Put this file into the DAG folder. The worker needs `b2shift` on its PATH and two variables in its environment:
B2SHIFT_HOME, the home, and B2SHIFT_DROP, the folder of deliveries. Two runs at once are refused by the home itself.
"""

from datetime import timedelta

import pendulum
from airflow.providers.standard.operators.bash import BashOperator
from airflow.sdk import DAG

with DAG(
    dag_id="b2shift_loop",
    description="Read the day's delivery, run the loop, judge its quality and plan the next actions",
    schedule="30 2 * * *",
    start_date=pendulum.datetime(2026, 1, 1, tz="America/Sao_Paulo"),
    catchup=False,
    max_active_runs=1,
    default_args={"retries": 2, "retry_delay": timedelta(minutes=10)},
    tags=["b2shift"],
) as dag:
    loop = BashOperator(task_id="loop", bash_command='b2shift run "$B2SHIFT_DROP" --json', append_env=True)
    quality = BashOperator(task_id="quality", bash_command="b2shift quality report --json", append_env=True)
    actions = BashOperator(task_id="actions", bash_command="b2shift policy next --json", append_env=True)
    keep = BashOperator(task_id="keep", bash_command="b2shift lake versions", append_env=True)

    loop >> [quality, actions] >> keep
