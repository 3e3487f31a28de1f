-- Rows as a server of schema 1 wrote them: two accounts with passwords, guests, polls of
-- every kind, votes with and without a key. test/upgrade/make brings them into 0001.sql.
INSERT INTO accounts VALUES(1,'user',1795320382215,'ada','Ada@example.org','ada','ada@example.org','$argon2id$v=19$m=19456,t=2,p=1$ZIM/WYlrBt//Ya9EpS2SBQ$8+7SpJ1A8UwW+jaKXeYa7jDwpN4IoQaLLM6VSJHh5Z8');
INSERT INTO accounts VALUES(2,'user',1795320382236,'Bob','bob@example.org','bob','bob@example.org','$argon2id$v=19$m=19456,t=2,p=1$VwuSskMM+a7SAWDL4vndzA$FDbNRftcDC2A9Ud1TpaGGMGhACAIigQTBrMZsAILs7Q');
INSERT INTO accounts VALUES(3,'guest',1795320382253,NULL,NULL,NULL,NULL,NULL);
INSERT INTO accounts VALUES(4,'guest',1795320382260,NULL,NULL,NULL,NULL,NULL);
INSERT INTO accounts VALUES(5,'guest',1795320382267,NULL,NULL,NULL,NULL,NULL);
INSERT INTO polls VALUES(1,1,1795320382273,NULL,NULL,'always','anyone',1,'Your favourite language?','Only one.','["C","Go","Grüße, \"alle\""]','["programming","c"]');
INSERT INTO polls VALUES(2,1,1795320382280,NULL,7226582400000,'after_close','registered',0,'Hidden until the end',NULL,'["yes","no"]','[]');
INSERT INTO polls VALUES(3,1,1795320382286,7195046400000,NULL,'always','anyone',0,'Nobody votes here',NULL,'["a","b"]','[]');
INSERT INTO results VALUES(1,4,3,1,'[2,1,0]');
INSERT INTO results VALUES(2,2,1,0,'[0,1]');
INSERT INTO results VALUES(3,1,0,0,'[0,0]');
INSERT INTO votes VALUES(1,3,0,1795320382291,2,X'd5ead6fdd3d16630aad4f07f5e494863',X'000264010000');
INSERT INTO votes VALUES(1,4,1,1795320382297,3,X'be2974546978e3739e6d6da85c4be9f3',X'010364010100');
INSERT INTO votes VALUES(1,5,0,1795320382302,4,X'7c36b0a9dedde119c75165957c6c9c18',X'000464020100');
INSERT INTO votes VALUES(2,1,1,1795320382308,2,NULL,NULL);
INSERT INTO skips VALUES(1,1,1795320382313);
INSERT INTO daily_votes VALUES(20779,1,1);
INSERT INTO daily_votes VALUES(20779,3,1);
INSERT INTO daily_votes VALUES(20779,4,1);
INSERT INTO daily_votes VALUES(20779,5,1);
UPDATE journal SET position = 440;
