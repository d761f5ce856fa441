"""The code catalogue as text: code | severity | title | cause | fix | cascade | see also."""

TEXT = """\
SETUP-01 | S | Not an administrator | The person who connects is no administrator on one of the two sides. | Let an administrator do it, or get the role.
SETUP-02 | S | Not the portal's owner | Only the owner of a portal may connect it. | Ask the owner to connect, or transfer ownership.
SETUP-03 | S | No portal to choose | The credential's account owns no portal, or not the one named. | Sign in as the owner.
SETUP-04 | S | Edition too low | One of the two products is below the edition that can be connected. | Upgrade: Projects Premium, Books Professional.
SETUP-05 | S | Portal is taken | The portal is connected to another finance product. | Disconnect it there first.
SETUP-06 | S | Expense administrator needed | The organization uses an expense product where the person is no administrator. | Get the role there.
SETUP-07 | S | Set-up is not finished | A question of the set-up has no answer, such as the cutoff date. | tallystick integration setup | No time is read or billed.
SETUP-08 | S | Consent is missing | Nobody agreed yet that the organization's name and e-mail address are shared. | Agree with --consent.
AUTH-01 | S | Credential refused | The other system rejected the credential twice. | Enter a working one: tallystick integration connect. | All modules wait; no record fails.
AUTH-02 | S | Key was made anew | The legacy key was generated again in the other product. | Enter the new key.
AUTH-03 | S | Credential of another portal | The new credential does not see the connected portal. | Use an account of that portal; the former credential stays in use.
AUTH-04 | S | Permission missing | The credential lacks a scope that a module needs. | Grant the named scope, then connect again. | Only the named module and what hangs on it.
INT-01 | S | Another portal | The integration belongs to the portal it was made with. | Choose that portal. | The integration stays off.
INT-02 | S | Switched off | A write was asked for while the integration is not active. | Switch it on: tallystick integration enable. | The operation is cancelled and its claims are free.
INT-03 | W | Run takes long | A run is older than two hours. | Look at the credential and at the other system's status.
INT-04 | S | No way back | Going back to the legacy edition was asked for. | It is not possible.
INT-05 | W | A run is going on | One integration has one run at a time. | Wait; Refresh shows how far it is.
PRJ-01 | B | No primary client | The project names nobody who pays. | Mark a client company as primary in the project. | TSK-01, BUG-01, TS-01
PRJ-03 | B | Customer is not settled | The customer of the project's primary client could not be resolved. | Settle the contact it waits for. | TSK-01, BUG-01, TS-01
PRJ-04 | B | Currencies differ | The project and its customer have different currencies. | Change the project's currency, or make a customer in the right one. | TSK-01, BUG-01, TS-01
PRJ-05 | H | Billing method not supported | The project is priced in a way that cannot be billed from hours. | Change the method, or price by hand.
PRJ-06 | W | Project deleted, invoices exist | The project is gone where it was made, the accounts hold its transactions. | Keep it, or delete its transactions first.
PRJ-07 | H | Client change blocked | Transactions use the project's time, so its primary client cannot change. | Delete or void them first, or open a new project.
PRJ-08 | W | Project deleted | The project is gone where it was made; nothing of it is billed. | Delete it in the accounts too.
PRJ-09 | H | Budget passed | More time was logged on the project than its budget. | Raise the budget, or let it pass: budget.overrun in rules/policies.yaml.
USR-01 | B | E-mail address unusable | The user has no e-mail address, or shares it with another. | Correct the user where time is logged. | TS-11
USR-02 | B | Not in the accounts | The accounts do not have the user, and unknown users are not added. | Invite the person there, or let users be added: users.unknown in rules/policies.yaml. | TS-11
TSK-01 | B | Task waits for its project | Its project was not brought over. | Settle the project.
TSK-02 | B | Task cannot be read | The task is malformed or gone. | Correct or restore it. | TS-02
TSK-03 | H | Finished task was invoiced | The task is complete and was invoiced; this is new time on it. | Reopen the task, or move the time.
TSK-04 | W | Task deleted | The task is gone where it was made and stands in the accounts. | Keep it where time on it is billed, else delete it in the accounts.
BUG-01 | B | Bug waits for its project | Its project was not brought over. | Settle the project.
TS-01 | H | Time waits for its project | The project the time was logged on was not brought over. | Settle the project's row.
TS-02 | H | Time waits for its task | The task or bug it was logged on was not brought over. | Settle that row.
TS-03 | H | Not billable | The entry may not be charged. | Set it billable, if it is.
TS-04 | H | Not approved | The entry is pending or rejected. | Approve it.
TS-05 | H | General entries are off | The entry was logged on no task and no bug. | tallystick integration modules --general-timesheets on
TS-06 | H | No time | The entry has no minutes. | Correct or delete it.
TS-07 | H | More than a day | The entry is longer than one entry may be. | Split or correct it.
TS-08 | W | Changed after invoicing | The entry changed after it was put on an invoice. | Make a credit note, or accept the difference.
TS-09 | H | Possible re-entry | It looks like an entry that was invoiced or deleted. | Say whether it is new work.
TS-10 | H | Rounds to nothing | The rounding step makes it 0 minutes. | Lower the step, or mark it non-billable.
TS-11 | H | Its author is not usable | The person who logged it could not be brought over. | Settle the user's row.
TS-12 | W | Late for the cutoff | It is dated before the cutoff but came later, or was re-dated across it. | Bill it by hand with a named re-opening, or accept.
TS-13 | H | Not synced yet | The entry was not judged, or is not in the accounts yet. | tallystick sync run
TS-14 | W | After the period | The entry is dated after the bill-up-to date. | Choose a later date.
TS-15 | H | Before the cutoff | The work date is before the cutoff, so it counts as invoiced in the former software. | Bill it by hand in the accounts, if it never was.
TS-16 | W | More than 24 hours in a day | One person logged more than 24 hours on one date. | Look whether an entry is logged twice, or on the wrong date.
RATE-01 | H | No rate | The project's billing method asks for a rate that nobody entered. | Enter it where the work is logged (staff hours: the person's rate on the project; task hours: the task's, else the project's; project hours: the project's), then sync.
RATE-02 | H | Rate changed | The rate changed between plan and apply. | Plan again.
CON-01 | B | Could be a customer you have | A customer has the same name or the same e-mail address. | Answer Clone, Overwrite or Skip, or choose the customer. | PRJ-03
CON-02 | B | Several customers of that name | More than one customer has the same name. | Choose one. | PRJ-03
CON-03 | B | Currency would change | Overwriting would change the currency of a customer in use. | Make a new customer. | PRJ-03
CON-04 | W | Deleted on one side | The customer is gone on one side and has transactions on the other. | Keep it, or delete its transactions.
CON-05 | H | Changed on both sides | Both sides changed the same field. | Choose a version.
CON-06 | H | Customer is inactive | The customer is not active in the accounts. | Re-activate it there, then bill.
INV-01 | H | Already invoiced | An invoice in force holds it, in one system or the other. | Open the named invoice; void it to bill again. |  | INV-02 INV-03 INV-04 INV-05
INV-02 | H | Another operation holds it | It is reserved by an invoice that is being made. | Wait for it, or look: tallystick sync sweep.
INV-03 | H | Outcome unknown | A write was sent and no answer came; it may have taken effect. | Look it up in the accounts, by our mark or its name. Each sync looks it up again, and where that is safe sends it again a day later. If you know that nothing was made: tallystick billing release REF. | All entries of that operation wait.
INV-04 | H | No customer chosen | The project has no customer, so nobody can be billed. | Choose one: --customer ID.
INV-05 | H | Customer's currency differs | The chosen customer is billed in another currency. | Choose another customer.
INV-06 | H | Period is locked | The invoice date lies before the lock date. | Date it on or after the lock date, or unlock.
INV-07 | H | Totals differ | The written total is not the planned one. | Compare rounding settings; void the draft and plan again.
INV-08 | H | More than the fixed fee | The parts would exceed the fee. | Lower the part, or change the fee.
INV-09 | H | Recurring on fixed cost | A recurring invoice from entries of a fixed cost project was asked for. | Attach the project while making the recurring profile.
INV-10 | W | Nothing to bill | No entry qualifies. | tallystick billing preview lists why not.
INV-11 | H | Paid invoice | Voiding or deleting a paid invoice was asked for. | Make a credit note.
INV-12 | H | Exists with other values | The other system holds a record with our mark that says something else than was sent. | Take our mark out of it there, or void or delete it; then: tallystick billing release.
INV-13 | H | Left out by a rule | The rules of the project do not let it onto a bill, or no rule allows it. | Look which rule: tallystick records why; change it, or bill the work in the accounts.
EXP-01 | H | Expense of another | The expense belongs to another project or customer. | Correct it, or invoice it in the accounts.
EXP-02 | H | Expense made elsewhere | The expense was not made where the work was done. | Invoice it in the accounts.
EXP-03 | H | Expense already invoiced | An invoice in force holds it. | Open the named invoice.
EXP-04 | H | Expense in another currency | Its currency is not the invoice's. | Convert it by hand.
EXP-05 | H | Expense not billable | The expense may not be charged. | Set it billable, if it is.
MIG-01 | W | Stays behind | The transaction does not belong to the project's primary client. | Set the primary client before migrating.
MIG-02 | W | Already enhanced | The integration has the enhanced edition. | Nothing to do.
MIG-03 | S | Migration under way | Billing waits while the integration migrates. | Wait.
NET-01 | W | Asked to slow down | The accounts answer that the calls of this minute are used up. | Nothing: it slows down by itself.
NET-02 | W | No answer | A time-out, a lost connection or an error of the other system. | Look whether it runs and whether base_url and accounts_url are right. Reads are repeated, writes are looked up: run again, nothing is lost.
NET-03 | S | Quota of the day used up | The organization's calls of the day are used up. | Wait for the next day, or take a higher plan.
NET-04 | S | Locked out | Too many calls in two minutes lock the account for half an hour. | Nothing: it goes on by itself.
DATA-01 | W | Counts differ | The list changed while it was read. | Run again at a quiet time.
DATA-02 | H | Value not understood | A value of the record is unknown or malformed. | Correct it, or report it; the record is left alone.
RUL-00 | S | Rule file is wrong | A rule file cannot be used. | Correct the named line.
RUL-01 | W | Rule is never reached | Wherever the rule holds the answer is in doubt, so it decides nothing. | Narrow the rules that hold there too.
RUL-02 | W | Rule is masked | Other rules decide wherever the rule holds. | Put it in front of them, narrow them, or drop it.
RUL-03 | W | Gap | No rule takes some records, so they get the safe outcome of `otherwise`. | Nothing if that is meant; else write a rule for them.
RUL-04 | W | Condition is never true | No record can meet the rule's conditions. | Drop a condition, or the rule.
RUL-05 | W | Null leaves it in doubt | A field that may be null is compared in order, so such records get the safe outcome. | Nothing if that is meant; else `present: true` beside it.
RUL-06 | S | Unsafe otherwise | `otherwise` must be the safe outcome. | Write a rule for what is allowed.
RUL-07 | S | Rule file cannot be understood | The file is not YAML, incomplete, or takes no known decision. | Correct the named line.
RUL-08 | S | Rule file too large | The file exceeds a limit on size, depth or number of rules. | Split or shorten it.
RUL-09 | W | Rule tests fail | A test inside a rule file does not hold. | tallystick rules test
RUL-10 | H | Two rules match | Under the strategy `unique` two rules hold for one record. | Make them exclude each other.
RUL-11 | S | Unknown name in a rule | A key, field, operator, outcome or decision does not exist. | Take the suggestion, or see the catalogue.
RUL-12 | S | Wrong value in a rule | A value has another type than its field. | Write a value of the field's type.
RUL-13 | S | Alternative not available | The policy's alternative is known, but nothing obeys it yet. | Use the default.
RUL-14 | W | Rules want different things | Two rules with different outcomes hold for one record; the strategy decides. | Nothing if the order is meant; else make them exclude each other.
RUL-15 | W | Not everything was looked at | There are more possibilities than the limit, or a pattern for which no text was found. | Test those records by hand.
RUL-16 | W | Settings contradict each other | Settings of several files are right alone and wrong together. | Change one of them.
RUL-20 | H | A needed fact is missing | A field was not fetched and could change the answer. | Sync again; if it lasts, the other system does not offer the field.
RUL-21 | H | Rule engine in doubt | The two matchers differ or the engine failed, so nothing is written. | Report the rule file and the record.
RUL-22 | S | Not ready | The file is not one that may be changed, or a gate before its next state is shut. | tallystick rules promote FILE --gates
RUL-30 | W | No title | The file does not say which question it answers. | Add `title`.
RUL-31 | W | No owner | The file does not say who answers for it. | Add `owner`.
RUL-32 | W | Rule without a test | No test of the file is decided by the rule. | Add a test with `by` and the rule's id.
RUL-33 | W | Param is not used | No rule of the file reads the param. | Remove it, or write the rule that reads it.
RUL-34 | W | Condition stands twice | A list holds a condition twice, or two rules have the same conditions. | Remove one.
RUL-35 | W | Edge on both sides or none | Two comparisons with one date leave the day itself out, or count it twice. | Pair `before` with `on_or_after`, `on_or_before` with `after`.
RUL-36 | W | Otherwise is not safe | What no rule decides gets another outcome than the safe one. | Write a rule for it, and the safe outcome as `otherwise`.
CFG-00 | S | Unexpected | Something went wrong that has no better name. | Run again with --debug and report it.
CFG-01 | S | Setting is wrong | A setting or an argument is wrong. | Correct the named setting.
CFG-02 | S | Configuration is wrong | tallystick.toml cannot be used. | Correct the named section.
CFG-03 | S | No project folder | The folder holds no tallystick.toml. | tallystick init, or --home DIR.
CFG-04 | S | Which integration? | There are several integrations, or none of that name. | Add -i NAME.
CFG-05 | S | Not connected | The connection has no credential. | tallystick integration connect
CFG-06 | S | Wrong choice | An answer is not one of the choices. | Take one that the message names.
CFG-07 | S | Plan is stale | A record or a rule changed since the plan was made. | Plan again.
CFG-08 | H | Its parent is missing | An operation needs another that is not there. | Plan again.
CFG-09 | S | No such plan | The plan file is missing, damaged or not of this store. | Plan again.
CFG-10 | S | File cannot be used | A file cannot be read or written. | Check path and permissions.
CFG-11 | S | No such error | No open error matches. | tallystick errors list
CFG-12 | S | No such record | The record, type or column does not exist here. | tallystick records list TYPE
CFG-13 | S | Folder is taken | The folder has a configuration already. | Choose another folder.
CFG-14 | S | Nothing to explain | It is no code, rule or decision. | tallystick explain lists all codes.
CFG-15 | W | Clocks differ | This machine's clock and the other system's are far apart. | Set this machine's clock.
CFG-16 | S | Open address refused | Serving to the network needs sign-in, which is not there yet. | Serve on 127.0.0.1.
CFG-17 | S | Only shows | The server was started with --read-only. | Start it without.
CFG-18 | S | Form is old | The form is from an earlier start of the server. | Load the page again.
CFG-30 | S | Stopped | A person stopped the command. | Run it again: it goes on.
CFG-40 | S | Demo promise broken | A step of the demo did not end as promised. | Run with --keep and look.
CFG-99 | S | Unexpected | The program met a case it does not know. | Run again with --debug and report it.
PLG-01 | W | Plugin left out | A plugin cannot be imported or does not keep the contract. | Repair or upgrade it.
PLG-02 | S | Plugin not installed | The configuration names a connector that is not installed. | Install it with the named command.
PLG-05 | S | No simulator | The connector ships no simulator. | Use its real service.
PLG-06 | H | Cannot be written | The connector does not write this. | Do it by hand.
STO-01 | S | No such store | The store's URL is wrong. | Correct it in tallystick.toml.
STO-02 | S | Store of another version | The store was made by a newer version, or must be upgraded. | Upgrade tallystick, or run tallystick db upgrade.
STO-03 | S | Store cannot be written | The disk is read-only, or permissions are missing. | Check permissions and the disk.
STO-04 | S | Store cannot be reached | The database server does not answer. | Check that it runs.
STO-05 | S | Taken over | Another process works on the operation. | Nothing: it goes on there.
STO-06 | S | Store is not as expected | A row or table is missing, or belongs to another program. | Check the store's URL.
STO-07 | S | Store is damaged | The database fails its integrity check. | Restore a backup, then sync.
STO-08 | S | Key does not fit | The key is missing, or a stored secret cannot be opened with it. | Restore the key. Where it is lost: tallystick db rekey, then connect both sides again; keep the store, it is the ledger of what was billed.
STO-09 | S | Store is busy | Another process writes. | Try again.
STO-10 | S | Disk is full | Nothing more can be written. | Free some space; nothing stored is lost.
STO-11 | S | Store is missing | The project had a store, and it is not where the configuration says. | Restore a backup, or begin with an empty store: tallystick db new.
STO-12 | S | Not known to live | The database ended the session that shows that this process lives. | Check the server, then start again: it goes on.
"""
