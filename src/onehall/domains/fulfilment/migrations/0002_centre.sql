-- The worklist of the centre and of couriers: what waits for a person, by node and age.
CREATE INDEX fulfilment_step_by_hand ON fulfilment_step (name, started)
    WHERE state = 'running' AND name IN ('audit', 'pick', 'write_card', 'check_card', 'pack', 'ship', 'carry', 'hand_over');
