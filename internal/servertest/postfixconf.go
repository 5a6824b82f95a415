package servertest

// mainCF is main.cf of a PostfixServer.
const mainCF = `
compatibility_level = 3.6
queue_directory = {{.Dir}}/queue
data_directory = {{.Dir}}/data
maillog_file = /dev/stdout
myhostname = {{.Realm}}
mydomain = {{.Realm}}
myorigin = {{.Realm}}
inet_interfaces = loopback-only
inet_protocols = ipv4

# Every address in every domain is delivered here, into one maildir; nothing
# leaves the machine.
mydestination =
local_recipient_maps =
alias_maps =
alias_database =
virtual_mailbox_domains = static:all
virtual_mailbox_maps = static:all/
virtual_mailbox_base = {{.Dir}}/mail
virtual_uid_maps = static:{{.UID}}
virtual_gid_maps = static:{{.UID}}
virtual_minimum_uid = {{.UID}}
virtual_transport = virtual

# No names are resolved, nobody is trusted for the address it comes from.
mynetworks =
disable_dns_lookups = yes
smtpd_peername_lookup = no
smtpd_client_connection_count_limit = 0
smtpd_client_connection_rate_limit = 0
smtpd_relay_restrictions = reject_unauth_destination
smtpd_recipient_restrictions = check_recipient_access tcp:{{.Answers}}
smtpd_discard_ehlo_keywords = chunking
smtpd_hard_error_limit = 1000
smtpd_error_sleep_time = 0
in_flow_delay = 0

smtpd_tls_cert_file = {{.Cert}}
smtpd_tls_key_file = {{.Key}}
smtpd_tls_security_level = none
smtpd_sasl_type = cyrus
# Debian looks in the folder "sasl" beside main.cf whatever is said here.
cyrus_sasl_config_path = {{.Dir}}/conf/sasl
smtpd_sasl_local_domain = {{.Realm}}
smtpd_sasl_security_options = noanonymous
`

// masterCF is master.cf: three ways in, one way to the maildir. Nothing is in
// a chroot, since the folder has none of the files that it would need.
const masterCF = `
{{.SMTP}} inet n - n - - smtpd
{{.Submission}} inet n - n - - smtpd
  -o syslog_name=postfix/submission
  -o smtpd_tls_security_level=encrypt
  -o smtpd_sasl_auth_enable=yes
  -o smtpd_client_restrictions=permit_sasl_authenticated,reject
{{.SMTPS}} inet n - n - - smtpd
  -o syslog_name=postfix/smtps
  -o smtpd_tls_wrappermode=yes
  -o smtpd_sasl_auth_enable=yes
  -o smtpd_client_restrictions=permit_sasl_authenticated,reject
pickup unix n - n 60 1 pickup
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
tlsmgr unix - - n 1000? 1 tlsmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
proxymap unix - - n - - proxymap
showq unix n - n - - showq
error unix - - n - - error
retry unix - - n - - error
virtual unix - n n - - virtual
anvil unix - - n - 1 anvil
postlog unix-dgram n - n - 1 postlogd
`

// saslConf is smtpd.conf of Cyrus SASL: a password file, no daemon.
const saslConf = `
pwcheck_method: auxprop
auxprop_plugin: sasldb
sasldb_path: {{.Dir}}/conf/sasl/users.db
mech_list: PLAIN LOGIN SCRAM-SHA-256
`
