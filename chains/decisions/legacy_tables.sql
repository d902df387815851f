-- kind: part
-- The twenty tables of applications and evaluations that v0.104.0 has no more, those that are pointed at last.
SELECT name, place
  FROM unnest(ARRAY[
           'human_evaluation_variants', 'human_evaluations_scenarios', 'human_evaluations',
           'auto_evaluation_scenario_results', 'auto_evaluation_aggregated_results',
           'auto_evaluation_evaluator_configs', 'auto_evaluation_scenarios', 'auto_evaluations',
           'auto_evaluator_configs', 'environments_revisions', 'environments', 'app_variant_revisions',
           'app_variants', 'bases', 'deployments', 'docker_images', 'templates', 'app_db', 'testsets',
           'ids_mapping'
       ]) WITH ORDINALITY AS t (name, place);
