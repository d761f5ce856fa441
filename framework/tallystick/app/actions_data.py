"""The actions as text: id | effect | role | call | cli | http | page | summary | why a surface is missing."""

TEXT = """\
demo | write | admin | demo:run | demo | - | - | Run the whole story on simulators | works on the files of the machine it runs on
init | write | admin | project:init | init | - | - | Make a project folder | works on the files of the machine it runs on
doctor | read | viewer | doctor:doctor | doctor | - | - | Check configuration, store, rules, connectors; repair what is safe | works on the files of the machine it runs on
doctor.prove | write | admin | doctor:proving | doctor | - | - | Prove that the accounts refuse a reference's second use | works on the files of the machine it runs on
status | read | viewer | status:status | status | GET /api/v1/status | /i/{name} | Badge, freshness, errors, unbilled work, next step | -
serve | read | admin | serving:serve | serve | - | - | Serve the pages and the HTTP API | it is what serves them
explain | read | viewer | explain:explain | explain | GET /api/v1/explain/{subject} | - | What a code, a rule or a decision means | pages show the text in place
integration.list | read | viewer | integrations:listing | integration list | GET /api/v1/integrations | / | Configured integrations | -
integration.show | read | viewer | integrations:show | integration show | GET /api/v1/integrations/{name} | /i/{name} | One integration | -
integration.connect | write | admin | integrations:connect | integration connect | - | - | Store a credential and try it | credentials and set-up are entered on the command line
integration.portals | read | admin | integrations:portals | integration portals | - | - | Portals the credential sees | credentials and set-up are entered on the command line
integration.setup | write | admin | integrations:setup | integration setup | - | - | Choose portal, modules and cutoff | credentials and set-up are entered on the command line
integration.modules | write | admin | integrations:modules | integration modules | - | - | Show or change modules | credentials and set-up are entered on the command line
integration.disable | write | admin | lifecycle:disable | integration disable | POST /api/v1/integrations/{name}/disable | /i/{name} | Switch off; all data stay | -
integration.enable | write | admin | lifecycle:enable | integration enable | POST /api/v1/integrations/{name}/enable | /i/{name} | Switch on with the portal it had | -
integration.re-enable | write | admin | lifecycle:re_enable | integration re-enable | - | - | Switch on, naming the portal | the page switches on with the stored portal only
sync.plan | plan | operator | sync:plan | sync plan | - | - | Read, decide and print operations | the page plans as part of Sync now
sync.apply | write | operator | sync:apply | sync apply | - | - | Carry out exactly one plan | the page applies what it planned
sync.run | write | operator | sync:run | sync run | POST /api/v1/integrations/{name}/sync | /i/{name} | Plan, ask, apply | -
sync.status | read | viewer | sync:state | sync status | GET /api/v1/integrations/{name}/run | /i/{name} | The run that is going on | -
sync.history | read | viewer | sync:history | sync history | GET /api/v1/integrations/{name}/runs | /i/{name} | Past runs | -
sync.sweep | write | operator | sync:sweep | sync sweep | - | - | Look up parked writes, read finished ones back | each sync sweeps by itself
errors.summary | read | viewer | errors:summary | errors summary | GET /api/v1/errors/summary | /errors | Counts by module and code | -
errors.list | read | viewer | errors:listing | errors list | GET /api/v1/errors | /errors | The work queue, roots first | -
errors.show | read | viewer | errors:show | errors show | GET /api/v1/errors/{id} | /errors | One error with what waits for it | -
errors.retry | write | operator | errors:retry | errors retry | POST /api/v1/errors/retry | /errors | Try again by one sync; say what is gone and what stays | -
errors.decide | write | operator | answers:decide | errors decide | POST /api/v1/errors/{id}/decide | /errors | Answer a question about a contact or a time entry | -
records.list | read | viewer | records:listing | records list | GET /api/v1/records/{type} | - | Stored records | the pages of single records come later
records.show | read | viewer | records:show | records show | GET /api/v1/record/{ref} | - | One record and its other side | the pages of single records come later
records.why | read | viewer | records:why | records why | GET /api/v1/why/{ref} | - | Every decision about one record | the pages of single records come later
billing.preview | read | viewer | billing:preview | billing preview | GET /api/v1/billing/preview | - | What an invoice would hold | the invoice page comes later
billing.invoice | write | operator | invoicing:bill | billing invoice | - | - | Make a draft invoice, at most once | the invoice page comes later
billing.expenses | read | viewer | billing:expenses | billing expenses | - | - | Expenses of this project and customer | the invoice page comes later
billing.void | write | operator | voiding:void | billing void | - | - | Void an invoice of ours | the invoice page comes later
billing.release | write | operator | voiding:release | billing release | - | - | Give free what a write of unknown outcome holds | the invoice page comes later
billing.ledger | read | viewer | ledger:ledger | billing ledger | GET /api/v1/ledger | - | Claims and their proofs | the ledger page comes later
rules.list | read | viewer | rules:listing | rules list | GET /api/v1/rules | /rules | Rule files with state, version, owner | -
rules.show | read | viewer | tallystick.workbench.rulefiles:show | rules show | GET /api/v1/rules/{name}/text | /rules/{name} | One rule file as sentences, table or YAML | -
rules.check | read | viewer | tallystick.workbench.rulefiles:check | rules check | - | - | Check rule files | works on the files of the machine it runs on
rules.test | read | viewer | tallystick.workbench.rulefiles:run | rules test | - | - | Run the tests in rule files | works on the files of the machine it runs on
rules.fuzz | read | viewer | tallystick.workbench.fuzzing:fuzz | rules fuzz | - | - | Look for counterexamples to invariants | works on the files of the machine it runs on
rules.lint | read | viewer | tallystick.workbench.rulefiles:lint | rules lint | - | - | What rule files can be improved in | works on the files of the machine it runs on
rules.watch | read | viewer | tallystick.workbench.rulefiles:watch | rules test | - | - | Wait until a rule file changes | works on the files of the machine it runs on
rules.coverage | read | viewer | tallystick.workbench.analysing:coverage | rules coverage | - | - | What the tests of rule files reach | works on the files of the machine it runs on
rules.mutate | read | viewer | tallystick.workbench.analysing:mutate | rules mutate | - | - | Edits of rule files that no test notices | works on the files of the machine it runs on
rules.diff | read | viewer | tallystick.workbench.analysing:diff | rules diff | - | - | What changes from one rule file to another | works on the files of the machine it runs on
rules.backtest | read | viewer | tallystick.workbench.backtests:backtest | rules backtest | POST /api/v1/rules/{name}/backtest | /rules/{name} | Stored decisions under another version of their rules | -
rules.promotion | read | viewer | tallystick.workbench.promoting:promotion | rules promote | GET /api/v1/rules/{name}/promotion | /rules/{name} | The gates before a rule file's next state | -
rules.promote | write | admin | tallystick.workbench.promoting:promote | rules promote | POST /api/v1/rules/{name}/promote | /rules/{name} | Ask a rule file beside those in force, or put it into force | -
rules.explain | read | viewer | tallystick.workbench.tracing:explain | rules explain | GET /api/v1/rules/{name}/explain | /rules/{name} | Take one decision by hand, with a full trace | -
rules.draft | write | admin | tallystick.workbench.promoting:draft | rules draft | POST /api/v1/rules/{name}/draft | /rules/{name} | Begin or change a draft of a rule file | -
rules.discard | write | admin | tallystick.workbench.promoting:drop | rules draft | POST /api/v1/rules/{name}/discard | /rules/{name} | Discard a draft; a copy is kept | -
rules.report | read | viewer | tallystick.workbench.ruleviews:report | rules show | GET /api/v1/rules/{name} | /rules/{name} | One rule file: readings, tests, coverage, hits, what shadows differ in | -
rules.fmt | write | admin | tallystick.workbench.rewriting:fmt | rules fmt | - | - | Put rule files into canonical layout | works on the files of the machine it runs on
rules.schema | read | viewer | tallystick.workbench.rewriting:schema | rules schema | - | - | JSON Schema of rule files, for editors | works on the files of the machine it runs on
rules.table.export | read | viewer | tallystick.workbench.rewriting:export | rules table export | - | - | A rule file as a decision table in CSV | works on the files of the machine it runs on
rules.table.import | write | admin | tallystick.workbench.rewriting:import_ | rules table import | - | - | A rule file from a decision table in CSV | works on the files of the machine it runs on
connector.list | read | viewer | connectors:listing | connector list | GET /api/v1/connectors | - | Installed connectors and problems | the connectors page comes later
connector.simulate | read | admin | connectors:simulate | connector simulate | - | - | Serve a connector's simulator | works on the files of the machine it runs on
db.upgrade | write | admin | database:upgrade | db upgrade | - | - | Bring the store to this version's schema | works on the files of the machine it runs on
db.new | write | admin | database:begin | db new | - | - | Make an empty store where the project's is missing | works on the files of the machine it runs on
db.rekey | write | admin | database:rekey | db rekey | - | - | Make a new key where it is lost; forget the stored credentials, keep all else | works on the files of the machine it runs on
db.backup | read | admin | database:backup | db backup | - | - | Copy the store to a file | works on the files of the machine it runs on
"""
