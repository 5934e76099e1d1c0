BEGIN TRANSACTION;
CREATE TABLE alembic_version (
	version_num VARCHAR(32) NOT NULL, 
	CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num)
);
INSERT INTO "alembic_version" VALUES('0013');
CREATE TABLE archive (
	file VARCHAR NOT NULL, 
	source VARCHAR NOT NULL, 
	first_row BIGINT NOT NULL, 
	last_row BIGINT NOT NULL, 
	sha256 VARCHAR NOT NULL, 
	size_bytes BIGINT NOT NULL, 
	members VARCHAR NOT NULL, 
	ts_known BIGINT NOT NULL, 
	PRIMARY KEY (file)
);
CREATE TABLE arm (
	decision_id VARCHAR NOT NULL, 
	experiment_id VARCHAR NOT NULL, 
	is_candidate BOOLEAN NOT NULL, 
	share FLOAT NOT NULL, 
	value FLOAT NOT NULL, 
	run_id VARCHAR NOT NULL, 
	world VARCHAR NOT NULL, 
	ts BIGINT NOT NULL, 
	ts_known BIGINT NOT NULL, 
	PRIMARY KEY (decision_id), 
	FOREIGN KEY(run_id) REFERENCES run (run_id) DEFERRABLE INITIALLY DEFERRED, 
	FOREIGN KEY(decision_id) REFERENCES decision (decision_id) DEFERRABLE INITIALLY DEFERRED, 
	FOREIGN KEY(experiment_id) REFERENCES experiment (experiment_id) DEFERRABLE INITIALLY DEFERRED
);
INSERT INTO "arm" VALUES('d_6e4c49c955a6153507a10392','1',1,0.25,0.25,'run_0000000001','recorded',1723161000000000000,1723161000000000000);
CREATE TABLE bundle (
	decision_id VARCHAR NOT NULL, 
	policy_id VARCHAR NOT NULL, 
	run_id VARCHAR NOT NULL, 
	world VARCHAR NOT NULL, 
	account VARCHAR NOT NULL, 
	market_events BIGINT NOT NULL, 
	market_hash VARCHAR NOT NULL, 
	ts_known BIGINT NOT NULL, weights VARCHAR, heard VARCHAR, 
	PRIMARY KEY (decision_id), 
	FOREIGN KEY(run_id) REFERENCES run (run_id) DEFERRABLE INITIALLY DEFERRED, 
	FOREIGN KEY(decision_id) REFERENCES decision (decision_id) DEFERRABLE INITIALLY DEFERRED, 
	FOREIGN KEY(policy_id) REFERENCES policy (policy_id) DEFERRABLE INITIALLY DEFERRED
);
INSERT INTO "bundle" VALUES('d_6e4c49c955a6153507a10392','1','run_0000000001','recorded','{}',1,'1',1723161000000000000,'{}','1');
CREATE TABLE consultation (
	consultation_id VARCHAR NOT NULL, 
	decision_id VARCHAR NOT NULL, 
	run_id VARCHAR NOT NULL, 
	world VARCHAR NOT NULL, 
	purpose VARCHAR NOT NULL, 
	propensity FLOAT NOT NULL, 
	attempt INTEGER NOT NULL, 
	provider VARCHAR NOT NULL, 
	model VARCHAR NOT NULL, 
	prompt_version VARCHAR NOT NULL, 
	fingerprint VARCHAR NOT NULL, 
	request BLOB NOT NULL, 
	answer BLOB NOT NULL, 
	text VARCHAR NOT NULL, 
	cause VARCHAR, 
	detail VARCHAR NOT NULL, 
	input_tokens BIGINT, 
	cached_tokens BIGINT, 
	cache_write_tokens BIGINT, 
	output_tokens BIGINT, 
	cost_usd VARCHAR NOT NULL, 
	ts BIGINT NOT NULL, 
	ts_known BIGINT NOT NULL, 
	PRIMARY KEY (consultation_id), 
	FOREIGN KEY(run_id) REFERENCES run (run_id) DEFERRABLE INITIALLY DEFERRED
);
INSERT INTO "consultation" VALUES('1','1','run_0000000001','recorded','1',0.25,1,'1','1','1','1',X'010203',X'010203','1','1','1',1,1,1,1,'0.0015',1723161000000000000,1723161000000000000);
CREATE TABLE decision (
	decision_id VARCHAR NOT NULL, 
	signal_id VARCHAR NOT NULL, 
	run_id VARCHAR NOT NULL, 
	world VARCHAR NOT NULL, 
	symbol VARCHAR NOT NULL, 
	venue VARCHAR NOT NULL, 
	ts BIGINT NOT NULL, 
	ts_known BIGINT NOT NULL, 
	action VARCHAR NOT NULL, 
	route VARCHAR NOT NULL, 
	probability FLOAT, 
	breakeven FLOAT NOT NULL, 
	expected_bps FLOAT, 
	is_probe BOOLEAN NOT NULL, 
	"plan" VARCHAR, 
	votes VARCHAR NOT NULL, 
	clamps VARCHAR NOT NULL, 
	reason VARCHAR NOT NULL, 
	parameters_version INTEGER NOT NULL, 
	model_version VARCHAR, 
	recalled VARCHAR NOT NULL, 
	PRIMARY KEY (decision_id), 
	FOREIGN KEY(run_id) REFERENCES run (run_id) DEFERRABLE INITIALLY DEFERRED, 
	FOREIGN KEY(signal_id) REFERENCES signal (signal_id) DEFERRABLE INITIALLY DEFERRED
);
INSERT INTO "decision" VALUES('d_6e4c49c955a6153507a10392','s_69f4c328be97adfde37ca55a','run_0000000001','recorded','BTCUSDT','binance',1723161000000000000,1723161000000000000,'enter','pattern',0.61,1.28073333340012185388e+00,1.25,0,'{"reasoning":"80 %","size":"0.003","slices":["0.001","0.002"],"split_delay_s":2.0,"value_quote":"183"}','[{"component":"pattern","evidence":["o_1"],"expected_bps":1.25,"interval_bps":0.5,"probability":0.61,"reason":"12 neighbours","stance":"enter"}]','[{"after":"183","before":"200","limit":"max_order_size_usd","reason":"the most one entry may be"}]','neighbours won',0,NULL,'[]');
INSERT INTO "decision" VALUES('d_4ae99bf1aad01c865cd34fc2','s_7c2dde7021d26f8705815854','run_0000000001','recorded','BTCUSDT','binance',1723161010000000000,1723161010000000000,'enter','pattern',0.61,1.28073333340012185388e+00,1.25,0,'{"reasoning":"80 %","size":"0.003","slices":["0.001","0.002"],"split_delay_s":2.0,"value_quote":"183"}','[{"component":"pattern","evidence":["o_1"],"expected_bps":1.25,"interval_bps":0.5,"probability":0.61,"reason":"12 neighbours","stance":"enter"}]','[{"after":"183","before":"200","limit":"max_order_size_usd","reason":"the most one entry may be"}]','neighbours won',0,NULL,'[]');
INSERT INTO "decision" VALUES('d_00151282c63a40845c0d2e09','s_95c1b31c29f0781ecf0e11ab','run_0000000001','recorded','BTCUSDT','binance',1723161020000000000,1723161020000000000,'enter','pattern',0.61,1.28073333340012185388e+00,1.25,0,'{"reasoning":"80 %","size":"0.003","slices":["0.001","0.002"],"split_delay_s":2.0,"value_quote":"183"}','[{"component":"pattern","evidence":["o_1"],"expected_bps":1.25,"interval_bps":0.5,"probability":0.61,"reason":"12 neighbours","stance":"enter"}]','[{"after":"183","before":"200","limit":"max_order_size_usd","reason":"the most one entry may be"}]','neighbours won',0,NULL,'[]');
CREATE TABLE effect (
	version INTEGER NOT NULL, 
	day VARCHAR NOT NULL, 
	ts_known BIGINT NOT NULL, 
	verdict VARCHAR NOT NULL, 
	n INTEGER NOT NULL, 
	effect_bps FLOAT, 
	interval_low FLOAT, 
	interval_high FLOAT, 
	looks INTEGER NOT NULL, 
	run_id VARCHAR NOT NULL, 
	world VARCHAR NOT NULL, 
	ts BIGINT NOT NULL, 
	PRIMARY KEY (version, day, ts_known), 
	FOREIGN KEY(run_id) REFERENCES run (run_id) DEFERRABLE INITIALLY DEFERRED, 
	FOREIGN KEY(version) REFERENCES parameter (version) DEFERRABLE INITIALLY DEFERRED
);
INSERT INTO "effect" VALUES(1,'2024-08-08',1723161000000000000,'1',1,0.25,0.25,0.25,1,'run_0000000001','recorded',1723161000000000000);
CREATE TABLE evidence (
	name VARCHAR NOT NULL, 
	kind VARCHAR NOT NULL, 
	target VARCHAR NOT NULL, 
	PRIMARY KEY (name, kind, target)
);
CREATE TABLE experiment (
	experiment_id VARCHAR NOT NULL, 
	name VARCHAR NOT NULL, 
	value_before FLOAT NOT NULL, 
	value FLOAT NOT NULL, 
	kind VARCHAR NOT NULL, 
	tries INTEGER NOT NULL, 
	terms VARCHAR NOT NULL, 
	undoes INTEGER, 
	day VARCHAR NOT NULL, 
	run_id VARCHAR NOT NULL, 
	world VARCHAR NOT NULL, 
	ts BIGINT NOT NULL, 
	ts_known BIGINT NOT NULL, 
	ts_retired BIGINT, 
	PRIMARY KEY (experiment_id), 
	FOREIGN KEY(run_id) REFERENCES run (run_id) DEFERRABLE INITIALLY DEFERRED
);
INSERT INTO "experiment" VALUES('1','stop_bps',0.25,0.25,'daily',1,'1',1,'2024-08-08','run_0000000001','recorded',1723161000000000000,1723161000000000000,NULL);
CREATE TABLE fill (
	venue VARCHAR NOT NULL, 
	trade_id VARCHAR NOT NULL, 
	client_order_id VARCHAR NOT NULL, 
	decision_id VARCHAR NOT NULL, 
	run_id VARCHAR NOT NULL, 
	world VARCHAR NOT NULL, 
	symbol VARCHAR NOT NULL, 
	side INTEGER NOT NULL, 
	price BIGINT NOT NULL, 
	size BIGINT NOT NULL, 
	fee_quote VARCHAR NOT NULL, 
	is_maker BOOLEAN NOT NULL, 
	ts BIGINT NOT NULL, 
	ts_known BIGINT NOT NULL, fee_asset VARCHAR DEFAULT '' NOT NULL, fee_amount VARCHAR DEFAULT '0' NOT NULL, 
	PRIMARY KEY (venue, trade_id), 
	FOREIGN KEY(client_order_id) REFERENCES intent (client_order_id) DEFERRABLE INITIALLY DEFERRED, 
	FOREIGN KEY(decision_id) REFERENCES decision (decision_id) DEFERRABLE INITIALLY DEFERRED, 
	FOREIGN KEY(run_id) REFERENCES run (run_id) DEFERRABLE INITIALLY DEFERRED
);
INSERT INTO "fill" VALUES('binance','t0','kp938d70e65e0030fe561f2e','d_6e4c49c955a6153507a10392','run_0000000001','recorded','BTCUSDT',1,6100000000000,100000,'0.0457500000000001',1,1723161002000000000,1723161002000000000,'','0');
INSERT INTO "fill" VALUES('binance','t1','kp070fe2c12d2467301ed2ac','d_4ae99bf1aad01c865cd34fc2','run_0000000001','recorded','BTCUSDT',1,6100000000000,100000,'0.0457500000000001',1,1723161012000000000,1723161012000000000,'','0');
INSERT INTO "fill" VALUES('binance','t2','kpa7a6ac8828609098b4ffdf','d_00151282c63a40845c0d2e09','run_0000000001','recorded','BTCUSDT',1,6100000000000,100000,'0.0457500000000001',1,1723161022000000000,1723161022000000000,'','0');
CREATE TABLE intent (
	client_order_id VARCHAR NOT NULL, 
	decision_id VARCHAR NOT NULL, 
	run_id VARCHAR NOT NULL, 
	world VARCHAR NOT NULL, 
	symbol VARCHAR NOT NULL, 
	venue VARCHAR NOT NULL, 
	leg VARCHAR NOT NULL, 
	attempt INTEGER NOT NULL, 
	side INTEGER NOT NULL, 
	price BIGINT, 
	size BIGINT NOT NULL, 
	is_post_only BOOLEAN NOT NULL, 
	is_reduce_only BOOLEAN NOT NULL, 
	ts BIGINT NOT NULL, 
	ts_known BIGINT NOT NULL, stop_price BIGINT, stop_limit BIGINT, 
	PRIMARY KEY (client_order_id), 
	FOREIGN KEY(decision_id) REFERENCES decision (decision_id) DEFERRABLE INITIALLY DEFERRED, 
	FOREIGN KEY(run_id) REFERENCES run (run_id) DEFERRABLE INITIALLY DEFERRED
);
INSERT INTO "intent" VALUES('kp938d70e65e0030fe561f2e','d_6e4c49c955a6153507a10392','run_0000000001','recorded','BTCUSDT','binance','entry',0,1,6100000000000,100000,1,0,1723161000000000000,1723161000000000000,NULL,NULL);
INSERT INTO "intent" VALUES('kp070fe2c12d2467301ed2ac','d_4ae99bf1aad01c865cd34fc2','run_0000000001','recorded','BTCUSDT','binance','entry',0,1,6100000000000,100000,1,0,1723161010000000000,1723161010000000000,NULL,NULL);
INSERT INTO "intent" VALUES('kpa7a6ac8828609098b4ffdf','d_00151282c63a40845c0d2e09','run_0000000001','recorded','BTCUSDT','binance','entry',0,1,6100000000000,100000,1,0,1723161020000000000,1723161020000000000,NULL,NULL);
CREATE TABLE job (
	kind VARCHAR NOT NULL, 
	world VARCHAR NOT NULL, 
	date VARCHAR NOT NULL, 
	state VARCHAR NOT NULL, 
	attempts INTEGER NOT NULL, 
	run_id VARCHAR NOT NULL, 
	ts BIGINT NOT NULL, 
	ts_known BIGINT NOT NULL, 
	ts_done BIGINT, 
	PRIMARY KEY (kind, world, date), 
	FOREIGN KEY(run_id) REFERENCES run (run_id) DEFERRABLE INITIALLY DEFERRED
);
INSERT INTO "job" VALUES('daily','recorded','2024-08-08','done',1,'run_0000000001',1723161000000000000,1723161000000000000,1723161000000000000);
CREATE TABLE lesson (
	lesson_id VARCHAR NOT NULL, 
	kind VARCHAR NOT NULL, 
	statement VARCHAR NOT NULL, 
	scope VARCHAR NOT NULL, 
	effect FLOAT NOT NULL, 
	interval_low FLOAT NOT NULL, 
	interval_high FLOAT NOT NULL, 
	n INTEGER NOT NULL, 
	evidence VARCHAR NOT NULL, 
	invalid_condition VARCHAR NOT NULL, 
	day VARCHAR NOT NULL, 
	run_id VARCHAR NOT NULL, 
	world VARCHAR NOT NULL, 
	ts BIGINT NOT NULL, 
	ts_known BIGINT NOT NULL, 
	ts_retired BIGINT, 
	PRIMARY KEY (lesson_id, ts_known), 
	FOREIGN KEY(run_id) REFERENCES run (run_id) DEFERRABLE INITIALLY DEFERRED
);
INSERT INTO "lesson" VALUES('1','daily','1','{}',0.25,0.25,0.25,1,'[]','1','2024-08-08','run_0000000001','recorded',1723161000000000000,1723161000000000000,NULL);
CREATE TABLE lesson_check (
	lesson_id VARCHAR NOT NULL, 
	day VARCHAR NOT NULL, 
	ts_known BIGINT NOT NULL, 
	verdict VARCHAR NOT NULL, 
	n INTEGER NOT NULL, 
	value FLOAT, 
	other VARCHAR NOT NULL, 
	reason VARCHAR NOT NULL, 
	run_id VARCHAR NOT NULL, 
	world VARCHAR NOT NULL, 
	ts BIGINT NOT NULL, 
	PRIMARY KEY (lesson_id, day, ts_known), 
	FOREIGN KEY(run_id) REFERENCES run (run_id) DEFERRABLE INITIALLY DEFERRED
);
INSERT INTO "lesson_check" VALUES('1','2024-08-08',1723161000000000000,'1',1,0.25,'1','1','run_0000000001','recorded',1723161000000000000);
CREATE TABLE link (
	number INTEGER NOT NULL, 
	sealed VARCHAR NOT NULL, 
	digest VARCHAR NOT NULL, 
	PRIMARY KEY (number)
);
INSERT INTO "link" VALUES(1,'{"run":[1,"c49d33617270112462803f2934ccfe62dd8c66409a67452d492bfa578c6cf823"]}','3b93cdc9ad2b8375ccc24a70374c9f1920f91aa2f71fcdc1bb9d180e2a50d164');
INSERT INTO "link" VALUES(2,'{"decision":[1,"0f402835e9dd6db34a52aa8e0d4794b609d5fcf75a61e6bb8df55210509b5244"],"intent":[1,"89199e283c77f4d08015a6d98a72bf57d99f3c87a022a8e419fbd24967ec8a2a"],"signal":[1,"308a38520d3484187983384a040d50b7342ad137ae0679e5b7ed4c75041d3c00"]}','81e277e004b3605244de3608759760173f8e625eae3374d0a38fb4846813062f');
INSERT INTO "link" VALUES(3,'{"fill":[1,"f5a09d7709f7fec07e514d5f3ca506c97900301a1bc5acb5dc1ec2bf627692bb"],"order":[1,"3afb6d828400e0ecebfa8bcf7aa4ba2a4a1978ebd6f626c789acc56c48526af9"]}','3650bbe8082586c895341456e504b3349f6e210cf2d07f1c8e445c93b2059328');
INSERT INTO "link" VALUES(4,'{"order":[2,"65e769a46e83b1b0024ce5d56fa7a0914a034f7a3c406a7781f63515c84768cb"],"outcome":[1,"2114a72308449b5b3d155dba449b8e5ef2fe772aa1c0e089fc48df91d953a185"],"pattern":[1,"5b2a9f8af2386025b97242e6b3c0694250ea3aaab524682e85df6d121983e2e2"]}','e4f21589c162a081028281742b2bd4603e17f905fcd609edc184c16fb23879f7');
INSERT INTO "link" VALUES(5,'{"decision":[2,"227b4c7ceac6fca10d985994466008be0ab775facc3c0020cf2f0de3770559cb"],"intent":[2,"2e36ef4707d989be61937c9674c9f98ba549f845d53695d9fcd6d4213ff4140d"],"signal":[2,"a5bcc855161ea9920d2179cc59a24644264ab26854e1717985b01eb7a35505bf"]}','33c8fabfe5e162e35d7d6654ea47a4ddcc34d28116c439dc6de2e438e7dcca55');
INSERT INTO "link" VALUES(6,'{"fill":[2,"7887c66874d2fbe2b613c8d4499611db0e2e29d72d17954378c227504afa5223"],"order":[3,"277efb916bb829adb31271b7126116aba4d67c7ff50918440dbbd22094ce2430"]}','28e98f03557507f814ad0d3842c3915d981a09c450ccdf3c992fe583097b1c2d');
INSERT INTO "link" VALUES(7,'{"order":[4,"13b07e6c2f6d0cbc26e51ccbbe017a1c38436c8fbe363e30a139fd674022d54c"],"outcome":[2,"5370863fb08fbd458935533fd91b4f10e3fd4da7e9bfccd985293e5e701414e9"],"pattern":[2,"b1d9d16b42747e377663374025708095dec8d7baecd5873c79446bd32d40ef5a"]}','c4fdc75358af8ec050233e3d89c189b634a98d946ae438bfb4193a4e35d9d65b');
INSERT INTO "link" VALUES(8,'{"decision":[3,"6a710932ac0a7f71518c96deb0d05b6e69eff0412e93b9779be82cab2a808d34"],"intent":[3,"e32d460b0fbedf21ccbe464caf3d66d13a052dc56c1c0e7c005939f32611c49b"],"signal":[3,"0be35f9f64ae1de43e6bdc8c13592c26a9abe9e1897dfdc2e61ad2df7ba339af"]}','310cb993a7da204e6e3c36ba726c0fe711f397bfa33604b3269443bdd1b5bf34');
INSERT INTO "link" VALUES(9,'{"fill":[3,"1c78534b87fdf36c270f3fbe772206b7f81f2e95222b38022a25bfd5fd9f8e4b"],"order":[5,"d42c3eaae638f85e029c8e5e8aa7cfabdf90d50821b3798c9346d8a1b47eb696"]}','268fbf74fd4f30800eecb0785bb5c70572dce125d65f210a65f41cbcb0a8df73');
INSERT INTO "link" VALUES(10,'{"order":[6,"89b0f208afeac8bde8c35f840b1eadd1eb85cc0ae38fd822df7f8b33c567b5a5"],"outcome":[3,"a3b42cd0a1c7225f262a29a916b2b3335d4bd9ed1ddb609775b56811b58d32f6"],"pattern":[3,"fca6a35ed9a1c4c81cc7bc3339329061877a52cfff60b6f654b96fceeebd48c8"]}','49d05216baa94253f0ad09e805a703c444098dea3d3e283d871375147ae6d7ef');
INSERT INTO "link" VALUES(11,'{"consultation":[1,"7f6262a36dea1c67350616ceb121a0d2e064703efa8b3f2b0c0bc1c0611fc748"]}','b138eeb337ce6749b1110f6eb1ea16c49bc186dc42751cfdeea3c655e6d82b73');
INSERT INTO "link" VALUES(12,'{"experiment":[1,"68421522a9a97e29537950e54810475ee8bbbc10b439fa031a79b2cc64cf405e"]}','e7dcac1fafd557865521a0f2dee1ce73f0289c5186128d294f9fe1133d5cda55');
INSERT INTO "link" VALUES(13,'{"job":[1,"0d7dadee5c89ec9052bc17fd2049ce0d99ff03bf7c0fca4f17cdd1f2df9ceb4a"]}','20dbe11afa9522a170320922bfaf592217809b5a83df2904f525962cbea5db51');
INSERT INTO "link" VALUES(14,'{"lesson":[1,"dc7348419e9b93c0cb5c7136dd533ea70079fa7e1d32b38fed6468f93c2133bc"]}','5a6b1e32da3d3a842cb36249b248ac39a8935e5b4fbd2a6e5716268e8e85bf1d');
INSERT INTO "link" VALUES(15,'{"lesson_check":[1,"47c494c1c15bd4323217a16687b13bc482819201d095c0445d74b42b755e0b4f"]}','d462247a1432132cce2700f2bd94a96ade5207625975d1b3e38b1f3a3cfd5c0a');
INSERT INTO "link" VALUES(16,'{"parameter":[1,"7e295d45d580baf35db2dd736dee687f5adbc3f7a830b7e2c700d4c88fc3e6ae"]}','6e38c94333be4ffb871fcaa47a97436c4b3d5279f8ccac860e6f304f0a1e48a2');
INSERT INTO "link" VALUES(17,'{"policy":[1,"3a4c97fcdef28e8b66dd3e47ae8c9feb948b70df2f512c48200ea8d291d1b74b"]}','1314d8aacb6f52132bff7984caf43eaad132f473649f09dd356d2d6c699d4fc0');
INSERT INTO "link" VALUES(18,'{"profile":[1,"b8f5a76a8084bbbe98cadf8da5d0f9edceca70cccc128e5333ceb93d5a0e3784"]}','8c6da8b07d6714efe8e98ce3c4d93513337bcd7cbd9d2534d2108e9861bff86b');
INSERT INTO "link" VALUES(19,'{"report":[1,"e486e9e99dc71a7f81c9d821cfa47624a3f1bf440292bb5fcb986c4aee403ee9"]}','2e1d847476f75904e80b508da477eb7acfc956dc6d61dc87f5a368a47950c719');
INSERT INTO "link" VALUES(20,'{"spend":[1,"d47c35bcae33339def09304d40c27d7169de772bd5e9bbb75fb31a0003217b51"]}','dcaac3770c581c243306db4c5fa2334905007921b9ffb0960e5630213901e261');
INSERT INTO "link" VALUES(21,'{"strategy":[1,"491288ead4240c1b8bd4f6e8ca0f0f04008ab763666a082c15afecc369c6d691"]}','12fe5781cc7d567bdb51720f6efe4f5b038adb82ef134aeb45f42ed081f13e34');
INSERT INTO "link" VALUES(22,'{"trial":[1,"2de447d4aae7282adfcb1f643fb2bef603abb52075e2683a7d1ff06864d02492"]}','191f31cf4232eb6ea73473226216faa007216d50a5594790c5f390efbb7a885e');
INSERT INTO "link" VALUES(23,'{"worth":[1,"7422eebb7ff8b391131d47358cd360754494f5bd043062f6171ba3ef575a96f0"]}','2fa89e6fa655c39a8fb031bd186b83d40d4f1625aaac01d694d032ffd59e7db8');
INSERT INTO "link" VALUES(24,'{"effect":[1,"60f83a4135df8673b1744561bca9281b581f9da74b71a1e0af1b7e94527b1b83"]}','3b0ac24712a9f3e230e918a895d98e349ae52d9f3444cef2b24a4daa1f48f677');
INSERT INTO "link" VALUES(25,'{"arm":[1,"08ebc339f13ea01ee6c7fc6263e6a1f636a393e648eb0a2506b33dca32b7591e"]}','61ba1ace7bc07ff0f26555c8c5e5875f3c5617003789a173945c5d0920504f50');
INSERT INTO "link" VALUES(26,'{"bundle":[1,"f9a28603449f823fc10d3fab733d1fd89433a283ac20480ac3a4e99d30562ad1"]}','7892d31e797220247c0a6bd9c19020d68ca0e52024dcf39e76ba7384cbe9cce9');
INSERT INTO "link" VALUES(27,'{"reaction":[1,"017c848fae69af9673f9efbd101de4e110b4ffdd0ef833f1f0830f0b6c433431"]}','40fb6afd12e06997f6ae0ef8e5e6bc386041cfd9ae4465d1eab8d1a806fc71e1');
CREATE TABLE open_order (
	client_order_id VARCHAR NOT NULL, 
	PRIMARY KEY (client_order_id)
);
CREATE TABLE open_position (
	decision_id VARCHAR NOT NULL, 
	world VARCHAR NOT NULL, 
	venue VARCHAR NOT NULL, 
	size BIGINT NOT NULL, 
	is_in_coin BOOLEAN NOT NULL, 
	PRIMARY KEY (decision_id)
);
INSERT INTO "open_position" VALUES('d_6e4c49c955a6153507a10392','recorded','binance',100000,0);
INSERT INTO "open_position" VALUES('d_4ae99bf1aad01c865cd34fc2','recorded','binance',100000,0);
INSERT INTO "open_position" VALUES('d_00151282c63a40845c0d2e09','recorded','binance',100000,0);
CREATE TABLE "order" (
	client_order_id VARCHAR NOT NULL, 
	sequence INTEGER NOT NULL, 
	run_id VARCHAR NOT NULL, 
	world VARCHAR NOT NULL, 
	status VARCHAR NOT NULL, 
	filled BIGINT NOT NULL, 
	ts BIGINT NOT NULL, 
	ts_known BIGINT NOT NULL, 
	reason VARCHAR NOT NULL, 
	PRIMARY KEY (client_order_id, sequence), 
	FOREIGN KEY(client_order_id) REFERENCES intent (client_order_id) DEFERRABLE INITIALLY DEFERRED, 
	FOREIGN KEY(run_id) REFERENCES run (run_id) DEFERRABLE INITIALLY DEFERRED
);
INSERT INTO "order" VALUES('kp938d70e65e0030fe561f2e',0,'run_0000000001','recorded','open',0,1723161001000000000,1723161001000000000,'');
INSERT INTO "order" VALUES('kp938d70e65e0030fe561f2e',1,'run_0000000001','recorded','filled',100000,1723161001000000000,1723161001000000000,'');
INSERT INTO "order" VALUES('kp070fe2c12d2467301ed2ac',0,'run_0000000001','recorded','open',0,1723161011000000000,1723161011000000000,'');
INSERT INTO "order" VALUES('kp070fe2c12d2467301ed2ac',1,'run_0000000001','recorded','filled',100000,1723161011000000000,1723161011000000000,'');
INSERT INTO "order" VALUES('kpa7a6ac8828609098b4ffdf',0,'run_0000000001','recorded','open',0,1723161021000000000,1723161021000000000,'');
INSERT INTO "order" VALUES('kpa7a6ac8828609098b4ffdf',1,'run_0000000001','recorded','filled',100000,1723161021000000000,1723161021000000000,'');
CREATE TABLE outcome (
	outcome_id VARCHAR NOT NULL, 
	signal_id VARCHAR NOT NULL, 
	decision_id VARCHAR NOT NULL, 
	run_id VARCHAR NOT NULL, 
	world VARCHAR NOT NULL, 
	symbol VARCHAR NOT NULL, 
	venue VARCHAR NOT NULL, 
	kind VARCHAR NOT NULL, 
	is_probe BOOLEAN NOT NULL, 
	result VARCHAR NOT NULL, 
	ts_entry BIGINT, 
	ts_exit BIGINT, 
	ts_known BIGINT NOT NULL, 
	entry_price BIGINT, 
	exit_price BIGINT, 
	size BIGINT NOT NULL, 
	gross_bps FLOAT, 
	net_bps FLOAT, 
	net_quote VARCHAR, 
	fees_quote VARCHAR, 
	mfe_bps FLOAT, 
	mae_bps FLOAT, 
	time_to_target_ns BIGINT, 
	time_to_stop_ns BIGINT, time_to_fill_ns BIGINT, reach_bps FLOAT, halt_bps FLOAT, final_bps FLOAT, 
	PRIMARY KEY (outcome_id), 
	FOREIGN KEY(decision_id) REFERENCES decision (decision_id) DEFERRABLE INITIALLY DEFERRED, 
	FOREIGN KEY(run_id) REFERENCES run (run_id) DEFERRABLE INITIALLY DEFERRED, 
	FOREIGN KEY(signal_id) REFERENCES signal (signal_id) DEFERRABLE INITIALLY DEFERRED
);
INSERT INTO "outcome" VALUES('o_98653a2a4b3756b15d1c8bfa','s_69f4c328be97adfde37ca55a','d_6e4c49c955a6153507a10392','run_0000000001','recorded','BTCUSDT','binance','shadow',0,'take_profit',1723161002000000000,1723161007000000000,1723161007000000000,6100000000000,6105000000000,100000,8.2,-6.9,'-0.0420900000000000001','0.0915',9.0,-1.5,5000000000,NULL,NULL,NULL,NULL,NULL);
INSERT INTO "outcome" VALUES('o_fe8cda9fa598fc376f531b4c','s_7c2dde7021d26f8705815854','d_4ae99bf1aad01c865cd34fc2','run_0000000001','recorded','BTCUSDT','binance','shadow',0,'take_profit',1723161012000000000,1723161017000000000,1723161017000000000,6100000000000,6105000000000,100000,8.2,-6.9,'-0.0420900000000000001','0.0915',9.0,-1.5,5000000000,NULL,NULL,NULL,NULL,NULL);
INSERT INTO "outcome" VALUES('o_7cb302a19f7a7db38dfef80c','s_95c1b31c29f0781ecf0e11ab','d_00151282c63a40845c0d2e09','run_0000000001','recorded','BTCUSDT','binance','shadow',0,'take_profit',1723161022000000000,1723161027000000000,1723161027000000000,6100000000000,6105000000000,100000,8.2,-6.9,'-0.0420900000000000001','0.0915',9.0,-1.5,5000000000,NULL,NULL,NULL,NULL,NULL);
CREATE TABLE parameter (
	version INTEGER NOT NULL, 
	name VARCHAR NOT NULL, 
	value_before FLOAT NOT NULL, 
	value FLOAT NOT NULL, 
	reason VARCHAR NOT NULL, 
	evidence VARCHAR NOT NULL, 
	impact VARCHAR NOT NULL, 
	context VARCHAR NOT NULL, 
	run_id VARCHAR NOT NULL, 
	world VARCHAR NOT NULL, 
	ts BIGINT NOT NULL, 
	ts_known BIGINT NOT NULL, 
	ts_retired BIGINT, 
	PRIMARY KEY (version), 
	FOREIGN KEY(run_id) REFERENCES run (run_id) DEFERRABLE INITIALLY DEFERRED
);
INSERT INTO "parameter" VALUES(1,'stop_bps',0.25,0.25,'1','[]','{}','{}','run_0000000001','recorded',1723161000000000000,1723161000000000000,NULL);
CREATE TABLE pattern (
	outcome_id VARCHAR NOT NULL, 
	signal_id VARCHAR NOT NULL, 
	run_id VARCHAR NOT NULL, 
	world VARCHAR NOT NULL, 
	symbol VARCHAR NOT NULL, 
	venue VARCHAR NOT NULL, 
	vector BLOB NOT NULL, 
	net_bps FLOAT NOT NULL, 
	result VARCHAR NOT NULL, 
	ts BIGINT NOT NULL, 
	ts_known BIGINT NOT NULL, surprise FLOAT, uniqueness FLOAT, clarity FLOAT, importance FLOAT, ts_retired BIGINT, why_retired VARCHAR, 
	PRIMARY KEY (outcome_id), 
	FOREIGN KEY(outcome_id) REFERENCES outcome (outcome_id) DEFERRABLE INITIALLY DEFERRED, 
	FOREIGN KEY(run_id) REFERENCES run (run_id) DEFERRABLE INITIALLY DEFERRED, 
	FOREIGN KEY(signal_id) REFERENCES signal (signal_id) DEFERRABLE INITIALLY DEFERRED
);
INSERT INTO "pattern" VALUES('o_98653a2a4b3756b15d1c8bfa','s_69f4c328be97adfde37ca55a','run_0000000001','recorded','BTCUSDT','binance',X'00000000000000002B3681CC6632D33FD090946586BED43F7B147EED68C1A93FE1A3C695EA43D1BF1F0185B45BE0D5BFEEC222226D7FB9BF8136BCD6EEF9CD3F1F890EAA1992D63FB8B1D826C0CDC23FB3264D7D70D2C8BF90C45A8D31D0D6BF539B31D7707BC8BF73BC8AFFC22BC33FE32866366599D63F3C9A9E27B0ABCD3F',-6.9,'take_profit',1723161000000000000,1723161007000000000,NULL,NULL,NULL,NULL,NULL,NULL);
INSERT INTO "pattern" VALUES('o_fe8cda9fa598fc376f531b4c','s_7c2dde7021d26f8705815854','run_0000000001','recorded','BTCUSDT','binance',X'71D3808CCE39D63FA31E4DD14B28C33FA39F6B3402C0C7BF781244D53069D6BF72416ECE42AFC8BF06A6D54BC225C23F243AEBA8BE25D63F97EFEDE6BEB7CD3F60B407820C5DB8BF76E6999CD170D5BF9B406E0EFB13D1BF835B538B7DE3A73F1C8C89B9084ED43FAC88165395F4D23FD6D1DFB74BD8663F22130DEF35C3D2BF',-6.9,'take_profit',1723161010000000000,1723161017000000000,NULL,NULL,NULL,NULL,NULL,NULL);
INSERT INTO "pattern" VALUES('o_7cb302a19f7a7db38dfef80c','s_95c1b31c29f0781ecf0e11ab','run_0000000001','recorded','BTCUSDT','binance',X'52CB39B52860B7BF3AC17A140FC3D5BF0D7B357B12ACD1BFFCFF84E49A52A53F667F897B658DD43F3A9FB7E1298BD33FE79BBAA27221823F748F93526DEED2BFA48D17DD1D06D5BFF53312B31A4CAEBFF67F5FD674EED03F126E4ABB5815D63FA2FC35D84DBABB3FCFB23691762FCDBF37EC09BF6CB3D6BF145457E03DE0C3BF',-6.9,'take_profit',1723161020000000000,1723161027000000000,NULL,NULL,NULL,NULL,NULL,NULL);
CREATE TABLE policy (
	policy_id VARCHAR NOT NULL, 
	run_id VARCHAR NOT NULL, 
	world VARCHAR NOT NULL, 
	content VARCHAR NOT NULL, 
	ts_known BIGINT NOT NULL, 
	PRIMARY KEY (policy_id), 
	FOREIGN KEY(run_id) REFERENCES run (run_id) DEFERRABLE INITIALLY DEFERRED
);
INSERT INTO "policy" VALUES('1','run_0000000001','recorded','{}',1723161000000000000);
CREATE TABLE profile (
	profile_id VARCHAR NOT NULL, 
	ts_known BIGINT NOT NULL, 
	world VARCHAR NOT NULL, 
	symbol VARCHAR NOT NULL, 
	regime VARCHAR NOT NULL, 
	n INTEGER NOT NULL, 
	n_effective FLOAT NOT NULL, 
	wins INTEGER NOT NULL, 
	win_low FLOAT NOT NULL, 
	win_high FLOAT NOT NULL, 
	breakeven FLOAT NOT NULL, 
	net_bps FLOAT NOT NULL, 
	net_low FLOAT, 
	net_high FLOAT, 
	spread_bps FLOAT, 
	signature VARCHAR NOT NULL, 
	hours VARCHAR NOT NULL, 
	day VARCHAR NOT NULL, 
	run_id VARCHAR NOT NULL, 
	ts BIGINT NOT NULL, 
	ts_retired BIGINT, 
	PRIMARY KEY (profile_id, ts_known), 
	FOREIGN KEY(run_id) REFERENCES run (run_id) DEFERRABLE INITIALLY DEFERRED
);
INSERT INTO "profile" VALUES('1',1723161000000000000,'recorded','BTCUSDT','1',1,0.25,1,0.25,0.25,0.25,0.25,0.25,0.25,0.25,'1','1','2024-08-08','run_0000000001',1723161000000000000,NULL);
CREATE TABLE reaction (
	decision_id VARCHAR NOT NULL, 
	ts BIGINT NOT NULL, 
	is_taken BOOLEAN NOT NULL, 
	symbol VARCHAR NOT NULL, 
	venue VARCHAR NOT NULL, 
	ratio FLOAT NOT NULL, 
	slip_bps FLOAT, 
	refreshes FLOAT NOT NULL, 
	has_left BOOLEAN NOT NULL, 
	run_id VARCHAR NOT NULL, 
	world VARCHAR NOT NULL, 
	ts_known BIGINT NOT NULL, 
	PRIMARY KEY (decision_id, ts, is_taken), 
	FOREIGN KEY(run_id) REFERENCES run (run_id) DEFERRABLE INITIALLY DEFERRED, 
	FOREIGN KEY(decision_id) REFERENCES decision (decision_id) DEFERRABLE INITIALLY DEFERRED
);
INSERT INTO "reaction" VALUES('d_6e4c49c955a6153507a10392',1723161000000000000,1,'BTCUSDT','1',0.25,0.25,0.25,1,'run_0000000001','recorded',1723161000000000000);
CREATE TABLE report (
	day VARCHAR NOT NULL, 
	kind VARCHAR NOT NULL, 
	ts_known BIGINT NOT NULL, 
	run_id VARCHAR NOT NULL, 
	world VARCHAR NOT NULL, 
	ts BIGINT NOT NULL, 
	markdown VARCHAR NOT NULL, 
	statistics VARCHAR NOT NULL, 
	PRIMARY KEY (day, kind, ts_known), 
	FOREIGN KEY(run_id) REFERENCES run (run_id) DEFERRABLE INITIALLY DEFERRED
);
INSERT INTO "report" VALUES('2024-08-08','daily',1723161000000000000,'run_0000000001','recorded',1723161000000000000,'1','{}');
CREATE TABLE run (
	run_id VARCHAR NOT NULL, 
	world VARCHAR NOT NULL, 
	command VARCHAR NOT NULL, 
	config VARCHAR NOT NULL, 
	code_version VARCHAR NOT NULL, 
	input_hash VARCHAR NOT NULL, 
	seed BIGINT NOT NULL, 
	ts_started BIGINT NOT NULL, 
	ts_known BIGINT NOT NULL, 
	ts_ended BIGINT, 
	PRIMARY KEY (run_id)
);
INSERT INTO "run" VALUES('run_0000000001','recorded','replay','{"speed":1}','0.1.0','abc',7,1723161000000000000,1723161000000000000,NULL);
CREATE TABLE signal (
	signal_id VARCHAR NOT NULL, 
	run_id VARCHAR NOT NULL, 
	world VARCHAR NOT NULL, 
	symbol VARCHAR NOT NULL, 
	venue VARCHAR NOT NULL, 
	source VARCHAR NOT NULL, 
	ts BIGINT NOT NULL, 
	ts_event BIGINT NOT NULL, 
	ts_known BIGINT NOT NULL, 
	side INTEGER NOT NULL, 
	entry_price BIGINT NOT NULL, 
	take_profit BIGINT NOT NULL, 
	stop BIGINT NOT NULL, 
	entry_timeout_ns BIGINT NOT NULL, 
	hold_timeout_ns BIGINT NOT NULL, 
	cost_bps FLOAT NOT NULL, 
	confidence FLOAT NOT NULL, 
	regime INTEGER, 
	features VARCHAR NOT NULL, 
	vector BLOB NOT NULL, 
	PRIMARY KEY (signal_id), 
	FOREIGN KEY(run_id) REFERENCES run (run_id) DEFERRABLE INITIALLY DEFERRED
);
INSERT INTO "signal" VALUES('s_69f4c328be97adfde37ca55a','run_0000000001','recorded','BTCUSDT','binance','mm_range',1723161000000000000,1723160999997000000,1723161000000000000,1,6100000000001,6105000000000,6090000000000,30000000000,300000000000,15.1,3.00000000000000044408e-01,1,'{"mid":61000.05,"regime":1.0,"spoofing_score":null}',X'00000000000000002B3681CC6632D33FD090946586BED43F7B147EED68C1A93FE1A3C695EA43D1BF1F0185B45BE0D5BFEEC222226D7FB9BF8136BCD6EEF9CD3F1F890EAA1992D63FB8B1D826C0CDC23FB3264D7D70D2C8BF90C45A8D31D0D6BF539B31D7707BC8BF73BC8AFFC22BC33FE32866366599D63F3C9A9E27B0ABCD3F');
INSERT INTO "signal" VALUES('s_7c2dde7021d26f8705815854','run_0000000001','recorded','BTCUSDT','binance','mm_range',1723161010000000000,1723161009997000000,1723161010000000000,1,6100000000001,6105000000000,6090000000000,30000000000,300000000000,15.1,3.00000000000000044408e-01,2,'{"mid":61000.05,"regime":2.0,"spoofing_score":null}',X'71D3808CCE39D63FA31E4DD14B28C33FA39F6B3402C0C7BF781244D53069D6BF72416ECE42AFC8BF06A6D54BC225C23F243AEBA8BE25D63F97EFEDE6BEB7CD3F60B407820C5DB8BF76E6999CD170D5BF9B406E0EFB13D1BF835B538B7DE3A73F1C8C89B9084ED43FAC88165395F4D23FD6D1DFB74BD8663F22130DEF35C3D2BF');
INSERT INTO "signal" VALUES('s_95c1b31c29f0781ecf0e11ab','run_0000000001','recorded','BTCUSDT','binance','mm_range',1723161020000000000,1723161019997000000,1723161020000000000,1,6100000000001,6105000000000,6090000000000,30000000000,300000000000,15.1,3.00000000000000044408e-01,1,'{"mid":61000.05,"regime":1.0,"spoofing_score":null}',X'52CB39B52860B7BF3AC17A140FC3D5BF0D7B357B12ACD1BFFCFF84E49A52A53F667F897B658DD43F3A9FB7E1298BD33FE79BBAA27221823F748F93526DEED2BFA48D17DD1D06D5BFF53312B31A4CAEBFF67F5FD674EED03F126E4ABB5815D63FA2FC35D84DBABB3FCFB23691762FCDBF37EC09BF6CB3D6BF145457E03DE0C3BF');
CREATE TABLE spend (
	reservation_id VARCHAR NOT NULL, 
	stage VARCHAR NOT NULL, 
	run_id VARCHAR NOT NULL, 
	world VARCHAR NOT NULL, 
	provider VARCHAR NOT NULL, 
	model VARCHAR NOT NULL, 
	amount_usd VARCHAR NOT NULL, 
	ts BIGINT NOT NULL, 
	ts_known BIGINT NOT NULL, 
	PRIMARY KEY (reservation_id, stage), 
	FOREIGN KEY(run_id) REFERENCES run (run_id) DEFERRABLE INITIALLY DEFERRED
);
INSERT INTO "spend" VALUES('1','settled','run_0000000001','recorded','1','1','0.0015',1723161000000000000,1723161000000000000);
CREATE TABLE strategy (
	strategy_id VARCHAR NOT NULL, 
	ts_known BIGINT NOT NULL, 
	rules VARCHAR NOT NULL, 
	standing VARCHAR NOT NULL, 
	reason VARCHAR NOT NULL, 
	origin VARCHAR NOT NULL, 
	n INTEGER NOT NULL, 
	wins INTEGER NOT NULL, 
	net_bps FLOAT NOT NULL, 
	error_bps FLOAT NOT NULL, 
	evidence VARCHAR NOT NULL, 
	day VARCHAR NOT NULL, 
	run_id VARCHAR NOT NULL, 
	world VARCHAR NOT NULL, 
	ts BIGINT NOT NULL, 
	ts_retired BIGINT, 
	PRIMARY KEY (strategy_id, ts_known), 
	FOREIGN KEY(run_id) REFERENCES run (run_id) DEFERRABLE INITIALLY DEFERRED
);
INSERT INTO "strategy" VALUES('1',1723161000000000000,'{"conditions":[{"feature":"imbalance","high":null,"low":0.2}]}','active','1','1',1,1,0.25,0.25,'[]','2024-08-08','run_0000000001','recorded',1723161000000000000,NULL);
CREATE TABLE trial (
	world VARCHAR NOT NULL, 
	day VARCHAR NOT NULL, 
	name VARCHAR NOT NULL, 
	ts_known BIGINT NOT NULL, 
	value_before FLOAT NOT NULL, 
	value FLOAT NOT NULL, 
	verdict VARCHAR NOT NULL, 
	reason VARCHAR NOT NULL, 
	tries INTEGER NOT NULL, 
	level FLOAT NOT NULL, 
	n_search INTEGER NOT NULL, 
	n INTEGER NOT NULL, 
	effect_bps FLOAT, 
	interval_low FLOAT, 
	interval_high FLOAT, 
	run_id VARCHAR NOT NULL, 
	ts BIGINT NOT NULL, 
	PRIMARY KEY (world, day, name, ts_known), 
	FOREIGN KEY(run_id) REFERENCES run (run_id) DEFERRABLE INITIALLY DEFERRED
);
INSERT INTO "trial" VALUES('recorded','2024-08-08','stop_bps',1723161000000000000,0.25,0.25,'1','1',1,0.25,1,1,0.25,0.25,0.25,'run_0000000001',1723161000000000000);
CREATE TABLE worth (
	kind VARCHAR NOT NULL, 
	name VARCHAR NOT NULL, 
	day VARCHAR NOT NULL, 
	ts_known BIGINT NOT NULL, 
	n INTEGER NOT NULL, 
	effect_bps FLOAT, 
	value_quote VARCHAR, 
	low_quote VARCHAR, 
	high_quote VARCHAR, 
	verdict VARCHAR NOT NULL, 
	run_id VARCHAR NOT NULL, 
	world VARCHAR NOT NULL, 
	ts BIGINT NOT NULL, 
	PRIMARY KEY (kind, name, day, ts_known), 
	FOREIGN KEY(run_id) REFERENCES run (run_id) DEFERRABLE INITIALLY DEFERRED
);
INSERT INTO "worth" VALUES('daily','stop_bps','2024-08-08',1723161000000000000,1,0.25,'-0.0420900000000000001','-1','1','1','run_0000000001','recorded',1723161000000000000);
CREATE INDEX ix_run_ts_started ON run (ts_started);
CREATE INDEX ix_lesson_day ON lesson (day);
CREATE INDEX ix_lesson_run ON lesson (run_id);
CREATE INDEX ix_lesson_ts_known ON lesson (ts_known);
CREATE INDEX ix_parameter_name_ts_known ON parameter (name, ts_known);
CREATE INDEX ix_parameter_run ON parameter (run_id);
CREATE INDEX ix_report_run ON report (run_id);
CREATE INDEX ix_report_ts_known ON report (ts_known);
CREATE INDEX ix_signal_run_ts ON signal (run_id, ts);
CREATE INDEX ix_signal_symbol_ts ON signal (symbol, ts);
CREATE INDEX ix_decision_run_ts ON decision (run_id, ts);
CREATE INDEX ix_decision_signal ON decision (signal_id);
CREATE INDEX ix_intent_decision ON intent (decision_id);
CREATE INDEX ix_intent_run_ts ON intent (run_id, ts);
CREATE INDEX ix_outcome_run_ts_known ON outcome (run_id, ts_known);
CREATE INDEX ix_outcome_signal ON outcome (signal_id);
CREATE INDEX ix_outcome_ts_known ON outcome (ts_known);
CREATE INDEX ix_fill_client_order ON fill (client_order_id);
CREATE INDEX ix_fill_decision ON fill (decision_id);
CREATE INDEX ix_fill_run_ts ON fill (run_id, ts);
CREATE INDEX ix_order_run_ts ON "order" (run_id, ts);
CREATE INDEX ix_pattern_signal ON pattern (signal_id);
CREATE INDEX ix_pattern_ts_known ON pattern (ts_known);
CREATE INDEX ix_policy_run ON policy (run_id);
CREATE INDEX ix_bundle_run ON bundle (run_id);
CREATE INDEX ix_bundle_policy ON bundle (policy_id);
CREATE INDEX ix_spend_ts ON spend (ts);
CREATE INDEX ix_spend_run ON spend (run_id);
CREATE INDEX ix_consultation_decision ON consultation (decision_id);
CREATE INDEX ix_consultation_ts_known ON consultation (ts_known);
CREATE INDEX ix_consultation_run ON consultation (run_id);
CREATE INDEX ix_decision_ts ON decision (ts);
CREATE INDEX ix_lesson_check_run ON lesson_check (run_id);
CREATE INDEX ix_lesson_check_ts_known ON lesson_check (ts_known);
CREATE INDEX ix_trial_run ON trial (run_id);
CREATE INDEX ix_trial_ts_known ON trial (ts_known);
CREATE INDEX ix_effect_run ON effect (run_id);
CREATE INDEX ix_effect_ts_known ON effect (ts_known);
CREATE INDEX ix_strategy_run ON strategy (run_id);
CREATE INDEX ix_strategy_ts_known ON strategy (ts_known);
CREATE INDEX ix_worth_run ON worth (run_id);
CREATE INDEX ix_worth_ts_known ON worth (ts_known);
CREATE INDEX ix_job_run ON job (run_id);
CREATE INDEX ix_job_ts_known ON job (ts_known);
CREATE INDEX ix_signal_ts_known ON signal (ts_known);
CREATE INDEX ix_decision_ts_known ON decision (ts_known);
CREATE INDEX ix_intent_ts_known ON intent (ts_known);
CREATE INDEX ix_order_ts_known ON "order" (ts_known);
CREATE INDEX ix_fill_ts_known ON fill (ts_known);
CREATE INDEX ix_bundle_ts_known ON bundle (ts_known);
CREATE INDEX ix_spend_ts_known ON spend (ts_known);
CREATE INDEX ix_intent_world_ts ON intent (world, leg, ts);
CREATE INDEX ix_outcome_decision ON outcome (decision_id, kind, ts_known, result, net_bps);
CREATE INDEX ix_outcome_net ON outcome (net_bps, kind);
CREATE INDEX ix_open_position_world ON open_position (world, venue);
CREATE TRIGGER lesson_evidence AFTER INSERT ON lesson BEGIN
         INSERT OR IGNORE INTO evidence (name, kind, target)
         SELECT json_each.value, 'lesson', NEW.lesson_id FROM json_each(NEW.evidence); END;
CREATE TRIGGER parameter_evidence AFTER INSERT ON parameter BEGIN
         INSERT OR IGNORE INTO evidence (name, kind, target)
         SELECT json_each.value, 'parameter', CAST(NEW.version AS TEXT) FROM json_each(NEW.evidence); END;
CREATE TRIGGER intent_opens AFTER INSERT ON intent
         WHEN NOT EXISTS (SELECT 1 FROM "order" WHERE client_order_id = NEW.client_order_id
                          AND status IN ('filled', 'cancelled', 'rejected')) BEGIN
         INSERT INTO open_order (client_order_id) VALUES (NEW.client_order_id); END;
CREATE TRIGGER order_ends AFTER INSERT ON "order"
         WHEN NEW.status IN ('filled', 'cancelled', 'rejected') BEGIN
         DELETE FROM open_order WHERE client_order_id = NEW.client_order_id; END;
CREATE TRIGGER fill_moves AFTER INSERT ON fill BEGIN
         INSERT INTO open_position (decision_id, world, venue, size, is_in_coin)
         VALUES (NEW.decision_id, NEW.world, NEW.venue, NEW.side * NEW.size, NEW.fee_asset <> '')
         ON CONFLICT (decision_id) DO UPDATE SET
           size = size + NEW.side * NEW.size, is_in_coin = is_in_coin OR NEW.fee_asset <> '';
         DELETE FROM open_position
         WHERE decision_id = NEW.decision_id AND size = 0 AND NOT is_in_coin; END;
CREATE INDEX ix_profile_run ON profile (run_id);
CREATE INDEX ix_profile_symbol_ts_known ON profile (symbol, ts_known);
CREATE INDEX ix_profile_ts_known ON profile (ts_known);
CREATE INDEX ix_experiment_run ON experiment (run_id);
CREATE INDEX ix_experiment_ts_known ON experiment (ts_known);
CREATE INDEX ix_arm_experiment ON arm (experiment_id);
CREATE INDEX ix_arm_run ON arm (run_id);
CREATE INDEX ix_arm_ts_known ON arm (ts_known);
CREATE INDEX ix_decision_symbol_ts ON decision (symbol, ts, ts_known, world, decision_id, action, route, is_probe, expected_bps);
CREATE INDEX ix_outcome_symbol_ts_known ON outcome (symbol, ts_known, kind, decision_id, result, net_bps);
CREATE INDEX ix_consultation_provider ON consultation (provider);
CREATE INDEX ix_consultation_model ON consultation (model);
CREATE INDEX ix_reaction_run ON reaction (run_id);
CREATE INDEX ix_reaction_ts_known ON reaction (ts_known);
CREATE INDEX ix_reaction_world_ts_known ON reaction (world, ts_known);
COMMIT;
