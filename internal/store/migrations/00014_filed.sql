-- +goose Up

-- When the complaint that speaks of an incident was filed, as message.filed says
-- of it: the last one about a network is then found without reading them all.
ALTER TABLE incident ADD COLUMN filed BIGINT;
UPDATE incident SET filed = (SELECT m.filed FROM message m WHERE m.digest = incident.complaint);
DROP INDEX incident_network;
CREATE INDEX incident_network ON incident (network, contact, filed);

-- +goose Down
DROP INDEX incident_network;
CREATE INDEX incident_network ON incident (network, contact);
ALTER TABLE incident DROP COLUMN filed;
